import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { MessageRate } from "./message-rate.ts";

test("so many messages are taken at once, then so many a second", async () => {
  const clock = new FakeClock();
  const rate = new MessageRate(clock, { burst: 10, perSecond: 5 });
  const taken = (): number => Array.from({ length: 100 }, () => rate.take()).filter(Boolean).length;
  expect(taken()).toBe(10);
  await clock.advance(1000);
  expect(taken()).toBe(5);
  await clock.advance(3_600_000);
  expect(taken()).toBe(10);
});
