import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Liveness, type LivenessLimits } from "./liveness.ts";

function watched(limits: Partial<LivenessLimits> = {}) {
  const clock = new FakeClock();
  const heard: string[] = [];
  const liveness = new Liveness(
    clock,
    { idleMs: 60_000, stallMs: 5_000, pongMs: 10_000, keepAliveMs: 120_000, ...limits },
    {
      ping: () => heard.push("ping"),
      pong: () => heard.push("pong"),
      dead: (why) => {
        heard.push(why);
        liveness.stop();
      },
    },
  );
  liveness.start();
  return { clock, liveness, heard };
}

test("a connection on which nothing goes is idle, one with messages or keep-alives is not", async () => {
  const { clock, heard, liveness } = watched();
  await clock.advance(50_000);
  liveness.active();
  await clock.advance(50_000);
  liveness.lineBreaks(1);
  await clock.advance(59_999);
  expect(heard).toEqual([]);
  await clock.advance(1);
  expect([heard, clock.pending]).toEqual([["idle"], 0]);
});

test("a message that does not end in time stalls the connection, one that does leaves no timer", async () => {
  const { clock, heard, liveness } = watched();
  liveness.partial(true);
  await clock.advance(4_000);
  liveness.partial(true);
  liveness.partial(false);
  await clock.advance(10_000);
  liveness.partial(true);
  await clock.advance(5_000);
  expect([heard, clock.pending]).toEqual([["stalled"], 0]);
});

test("two line breaks get an answer, also when they come apart; one alone gets none", () => {
  const { heard, liveness } = watched();
  liveness.lineBreaks(2);
  liveness.lineBreaks(1);
  expect(heard).toEqual(["pong"]);
  liveness.lineBreaks(1);
  expect(heard).toEqual(["pong", "pong"]);
  liveness.lineBreaks(1);
  liveness.active();
  liveness.lineBreaks(1);
  expect(heard).toHaveLength(2);
});

test("many line breaks at once get one answer", () => {
  const { heard, liveness } = watched();
  liveness.lineBreaks(20_000);
  expect(heard).toEqual(["pong"]);
});

test("a ping is answered by one line break, without an answer the peer is silent", async () => {
  const { clock, heard, liveness } = watched({ pingMs: 20_000 });
  await clock.advance(20_000);
  liveness.lineBreaks(1);
  await clock.advance(29_999);
  expect(heard).toEqual(["ping", "ping"]);
  await clock.advance(1);
  expect([heard, clock.pending]).toEqual([["ping", "ping", "silent"], 0]);
});

test("a peer that is kept alive may answer or not, and its own pings are answered", async () => {
  const { clock, heard, liveness } = watched({ idleMs: 1_800_000 });
  liveness.keepAlive();
  await clock.advance(120_000);
  liveness.lineBreaks(1);
  await clock.advance(120_000);
  liveness.lineBreaks(2);
  expect(heard).toEqual(["ping", "ping", "pong"]);
  liveness.stop();
  expect(clock.pending).toBe(0);
});

test("pings of both sides that cross are both answered", async () => {
  const { clock, heard, liveness } = watched({ pingMs: 20_000 });
  await clock.advance(20_000);
  liveness.lineBreaks(2);
  liveness.lineBreaks(1);
  expect(heard).toEqual(["ping", "pong"]);
});
