import { expect, test } from "vitest";
import { networkOf, testNetwork } from "./network.ts";

test("two runners never share a network, nor do two runs that follow each other", () => {
  const networks = [networkOf(7, 1, "a.test.ts"), networkOf(7, 2, "a.test.ts"), networkOf(7, 1, "b.test.ts")];
  expect(new Set(networks).size).toBe(3);
  expect(networkOf(8, 1, "a.test.ts")).not.toBe(networkOf(7, 1, "a.test.ts"));
});

test("a test file is given the network of its own run, runner and name", () => {
  expect(testNetwork()).toBe(networkOf(process.ppid, Number(process.env.VITEST_POOL_ID), import.meta.filename));
  expect(testNetwork()).toMatch(/^127\.\d{2,3}\.\d{1,3}$/);
});
