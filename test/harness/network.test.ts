import { expect, test } from "vitest";
import { networkOf, testNetwork } from "./network.ts";

test("two runners never share a network", () => {
  expect(networkOf(1, "a.test.ts")).not.toBe(networkOf(2, "a.test.ts"));
});

test("a test file is given the network of its own name and runner", () => {
  const runner = Number(process.env.VITEST_POOL_ID);
  expect(testNetwork()).toBe(networkOf(runner, import.meta.filename));
});
