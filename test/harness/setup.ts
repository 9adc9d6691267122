import { expect } from "vitest";
import { networkOf } from "./network.ts";

// Read by `testNetwork()`, and by the packages' own tests, which cannot import from here.
process.env.TRUNKLINE_TEST_NETWORK = networkOf(
  Number(process.env.VITEST_POOL_ID ?? 1),
  expect.getState().testPath ?? "",
);
