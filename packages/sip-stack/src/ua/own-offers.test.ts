import { expect, test } from "vitest";
import { glareDelayMs } from "./own-offers.ts";

test("after a glare the owner of the Call-ID waits 2.1 to 4 s, the other side up to 2 s, in steps of 10 ms", () => {
  expect([glareDelayMs(true, 0), glareDelayMs(true, 0.9999)]).toEqual([2100, 3990]);
  expect([glareDelayMs(false, 0), glareDelayMs(false, 0.9999)]).toEqual([0, 1990]);
  expect(glareDelayMs(true, 0.12345) % 10).toBe(0);
});
