import { test } from "vitest";
import { playRun, runOf } from "../scenario/run.ts";

const most = 10_000;
const untilMs = Number(process.env.TRUNKLINE_SOAK_UNTIL ?? Date.now() + 60_000);
const firstSeed = Number(process.env.TRUNKLINE_FIRST_SEED ?? 1000);

test(`up to ${most} seeds: both sides agree on every end and nothing is left`, async () => {
  let seed = firstSeed;
  while (seed < firstSeed + most && Date.now() < untilMs) await playRun(runOf(seed++));
  console.log(`played the seeds ${firstSeed} to ${seed - 1}`);
});
