import { expect, test } from "vitest";
import { Moment } from "../kernel/moment.ts";
import { Tally } from "../kernel/refusals.ts";
import { PortPool } from "../socket/port-pool.ts";
import { FakeClock, MemoryNetwork, makeRtp } from "../testing/index.ts";
import { LoopbackLeg } from "./loopback-leg.ts";

/** A leg with a peer, behind one end of a splice. */
const behind = (roundTripMs: number | undefined) => ({ roundTripMs, send: () => {}, joinTo: () => {} });

/** The two ends of a splice between legs with these round trips, and what the second one hands on. */
async function spliced(...roundTrips: readonly [number | undefined, number | undefined]) {
  const [clock, tally] = [new FakeClock(), new Tally()];
  const moment = new Moment(clock);
  const pool = new PortPool(new MemoryNetwork(), clock, { first: 10_000, last: 10_009, restMs: 0 }, 0);
  const ends = [
    await LoopbackLeg.open({ tally, moment }, pool),
    await LoopbackLeg.open({ tally, moment }, pool),
  ] as const;
  const handedOn: number[] = [];
  const legs = roundTrips.map(behind);
  ends.forEach((end, at) => {
    end.connect(ends[1 - at]!.local);
    end.joinTo((packet) => void handedOn.push(packet.length), legs[at]!);
  });
  const say = (seq: number): void => {
    moment.mark();
    ends[0].send(makeRtp({ payloadType: 0, seq, timestamp: 160 * seq, ssrc: 1 }, new Uint8Array(160)));
  };
  return { clock, tally, ends, legs, handedOn, say };
}

test("an end tells the other the round trip to its peer, once a second, and hands on packets alone", async () => {
  const { clock, ends, legs, handedOn, say, tally } = await spliced(80, undefined);
  expect(ends[1].roundTripMs).toBeUndefined();
  say(1);
  expect(ends.map(({ roundTripMs }) => roundTripMs)).toEqual([undefined, 80]);
  legs[0]!.roundTripMs = 250;
  say(2);
  expect(ends[1].roundTripMs).toBe(80);
  await clock.advance(1000);
  say(3);
  expect(ends[1].roundTripMs).toBe(250);
  expect([handedOn, tally.refused]).toEqual([[172, 172, 172], {}]);
});

test("a round trip that was never measured is not told", async () => {
  const { ends, say } = await spliced(undefined, undefined);
  say(1);
  expect(ends[1].roundTripMs).toBeUndefined();
});
