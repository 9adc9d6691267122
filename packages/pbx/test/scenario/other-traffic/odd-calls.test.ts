import { test } from "vitest";
import { playOddCall } from "./odd-run.ts";

const seeds = Number(process.env.TRUNKLINE_SEEDS ?? 500);
const firstSeed = Number(process.env.TRUNKLINE_FIRST_SEED ?? 0);

test(
  "calls whose messages are odd but legal are set up, heard both ways and ended, or refused before anybody's phone rings",
  async () => {
    const untilMs = Number(process.env.TRUNKLINE_SOAK_UNTIL ?? Number.POSITIVE_INFINITY);
    for (let seed = firstSeed; seed < firstSeed + seeds && Date.now() < untilMs; seed++) await playOddCall(seed);
  },
  process.env.TRUNKLINE_SEEDS === undefined ? 120_000 : 1_800_000,
);
