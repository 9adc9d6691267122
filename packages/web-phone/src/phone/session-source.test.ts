import { expect, test } from "vitest";
import type { SessionAnswer } from "../core/session.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { untilReachable } from "./session-source.ts";

test("an unreachable server is asked again, less and less often, until it answers", async () => {
  const clock = new FakeClock();
  const asked: number[] = [];
  const reported: string[] = [];
  const ask = async (): Promise<SessionAnswer> => {
    asked.push(clock.nowMs());
    return { kind: asked.length < 7 ? "unreachable" : "signedOut" };
  };
  void untilReachable(ask, clock, (answer) => reported.push(answer.kind));
  await clock.advance(120_000);
  expect(asked).toEqual([0, 1000, 3000, 7000, 15_000, 30_000, 45_000]);
  expect(reported.at(-1)).toBe("signedOut");
  expect(clock.pending).toBe(0);
});
