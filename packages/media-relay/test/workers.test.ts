import { afterAll, describe, expect, test } from "vitest";
import { type MediaRelay, type MediaSession, relayOnWorkers, systemDatagrams } from "../src/index.ts";
import { makeRtp } from "../src/testing/index.ts";
import { conformance, staysClosed } from "./conformance.ts";
import { frames, listening, type Told } from "./memory-relay.ts";
import { talking } from "./talking.ts";

const network = "127.42.0.1";
const options = {
  plain: { bind: network, ports: [10_000, 10_999] },
  browser: { hosts: [network], ports: [20_000, 20_999] },
} as const;

/** A relay for one test after the other: starting its threads takes longer than most of them. Closing it ends what the test has opened. */
function lent(relay: MediaRelay): MediaRelay {
  const opened: MediaSession[] = [];
  return {
    splice: (one, other) => relay.splice(one, other),
    counters: () => relay.counters(),
    open: async (...asked) => {
      const session = await relay.open(...asked);
      opened.push(session);
      return session;
    },
    close: async () => {
      await Promise.all(opened.map((session) => session.close()));
    },
  };
}

describe("a relay across threads", () => {
  let shared: Promise<MediaRelay> | undefined;
  conformance({
    network,
    open: async () => {
      shared ??= relayOnWorkers({ ...options, workers: 2 });
      return lent(await shared);
    },
  });
  afterAll(async () => (await shared)?.close());
  staysClosed(() => relayOnWorkers({ ...options, workers: 1 }));

  test("sessions go to the worker with the fewest, each wholly on one, and workers never share a port", async () => {
    const relay = await relayOnWorkers({ ...options, workers: 2 });
    const sessions = [await relay.open({}), await relay.open({}), await relay.open({}), await relay.open({})];
    const ports = await Promise.all(sessions.map(async (session) => (await session.plainLeg()).local.rtpPort));
    expect(ports.filter((port) => port < 10_500)).toHaveLength(2);
    expect(ports.filter((port) => port >= 10_500)).toHaveLength(2);
    expect(await relay.counters()).toMatchObject({ sessions: 4, legs: 4, ports: 8 });
    await relay.close();
  });

  test("a session goes where the one is that it is to be near to, however busy that worker is", async () => {
    const relay = await relayOnWorkers({ ...options, workers: 2 });
    const first = await relay.open({});
    const sessions = [
      await relay.open({}, { near: first }),
      await relay.open({}, { near: first }),
      await relay.open({}),
    ];
    const isLow = async (session: MediaSession): Promise<boolean> => (await session.plainLeg()).local.rtpPort < 10_500;
    const [where, ...others] = await Promise.all([first, ...sessions].map(isLow));
    expect(others).toEqual([where, where, !where]);
    const near = { session: sessions[0]!, leg: (await sessions[0]!.sourceLeg({ kind: "echo" })).id };
    await relay.splice({ session: first, leg: (await first.sourceLeg({ kind: "echo" })).id }, near);
    expect(await relay.counters()).toMatchObject({ legs: 6, ports: 8 });
    await first.close();
    expect(await isLow(await relay.open({}, { near: first }))).toBe(!where);
    await relay.close();
  });

  test("sessions on different workers are spliced over two more legs, which only the counters tell of", async () => {
    const relay = await relayOnWorkers({ ...options, workers: 2 });
    const told: Told = [];
    const [one, other] = [await relay.open(listening(told)), await relay.open(listening(told))];
    const [a, b] = [await one.plainLeg(), await other.plainLeg()];
    const splice = await relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
    expect(await relay.counters()).toMatchObject({ sessions: 2, legs: 4, ports: 6 });
    expect([await one.statistics(), await other.statistics()].map((legs) => legs.map(({ leg }) => leg))).toEqual([
      [a.id],
      [b.id],
    ]);
    await splice.close();
    expect(await relay.counters()).toMatchObject({ sessions: 2, legs: 2, ports: 4, portsResting: 2 });
    const splicing = relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
    await one.part(a.id);
    await splicing;
    expect(await relay.counters()).toMatchObject({ legs: 2, ports: 4 });
    expect(told).toEqual([]);
    await relay.close();
  });

  test("datagrams of others at the ports of a splice are refused and heard by nobody", async () => {
    const relay = await relayOnWorkers({ ...options, plain: { bind: network, ports: [10_000, 10_007] }, workers: 2 });
    const [one, other] = [await relay.open({}), await relay.open({})];
    const [alice, a] = await talking(one, network);
    const [bob, b] = await talking(other, network);
    await relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
    const stranger = await systemDatagrams.bind({ address: "127.0.0.1", port: 0 }, { onDatagram() {}, onError() {} });
    const noise = makeRtp({ payloadType: 0, seq: 1, timestamp: 1, ssrc: 1 }, frames(1, 9)[0]!);
    for (let port = 10_000; port <= 10_007; port += 1) stranger.send(noise, { address: "127.0.0.1", port });
    await expect.poll(async () => (await relay.counters()).refused).toEqual({ "wrong-source": 2 });
    for (const frame of frames(20)) alice.say(frame);
    await bob.hearing(20);
    expect(bob.heard).toEqual(frames(20));
    for (const socket of [stranger, alice, bob]) socket.close();
    await relay.close();
  });

  test("a silence that reaches the limit of the options is told", async () => {
    const relay = await relayOnWorkers({ ...options, workers: 1, silence: { beforeFirstPacketSeconds: 3 } });
    const reached = Promise.withResolvers<unknown>();
    const session = await relay.open({ onSilenceLimit: (leg, silent) => reached.resolve([leg, silent]) });
    const leg = await session.plainLeg();
    const types = { pcmu: 0 };
    const remote = { address: network, rtpPort: 40_000, rtcpPort: 0, send: types, receive: types };
    await leg.connect({ ...remote, direction: "sendrecv" });
    expect(await reached.promise).toMatchObject([leg.id, { phase: "before-first-packet" }]);
    await relay.close();
  });
});
