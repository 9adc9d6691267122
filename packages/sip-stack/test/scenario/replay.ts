import { playRun, runOf } from "./run.ts";

const seed = Number(process.argv[2]);
if (!Number.isSafeInteger(seed) || seed < 0) {
  console.error("Usage: replay sip SEED, a whole number such as the one that a failing scenario prints");
  process.exit(2);
}
const run = runOf(seed);
const { loss, duplicate, reorder, delayMs } = run.weather;
console.log(
  `${run.scenario.name}\nseed ${seed}, loss ${loss}, duplicates ${duplicate}, reordering ${reorder}, ${delayMs} ms\n`,
);
try {
  console.log(await playRun(run));
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
