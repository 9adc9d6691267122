import { playOddCall } from "./odd-run.ts";

const seed = Number(process.argv[2]);
if (!Number.isSafeInteger(seed) || seed < 0) {
  console.error("Usage: replay odd SEED, a whole number such as the one that a failing call prints");
  process.exit(2);
}
try {
  console.log(await playOddCall(seed));
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
