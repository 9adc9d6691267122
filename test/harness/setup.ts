import { expect } from "vitest";
import { networkOf } from "./network.ts";

const runner = Number(process.env.VITEST_POOL_ID ?? 1);
// Read by `testNetwork()`, and by the packages' own tests, which cannot import from here.
process.env.TRUNKLINE_TEST_NETWORK = networkOf(process.ppid, runner, expect.getState().testPath ?? "");
