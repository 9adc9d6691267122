import { expect, test } from "vitest";
import { playRun, runOf } from "./run.ts";
import { scenarios } from "./scenarios.ts";

const seeds = Number(process.env.TRUNKLINE_SEEDS ?? 500);
const firstSeed = Number(process.env.TRUNKLINE_FIRST_SEED ?? 0);

test.each(scenarios.map(({ name }, seed) => [name, seed] as const))("in fair weather: %s", async (_, seed) => {
  await playRun(runOf(seed));
});

test(
  "in any weather both sides agree on every end and nothing is left",
  async () => {
    const untilMs = Number(process.env.TRUNKLINE_SOAK_UNTIL ?? Number.POSITIVE_INFINITY);
    for (let seed = firstSeed + scenarios.length; seed < firstSeed + seeds && Date.now() < untilMs; seed++) {
      await playRun(runOf(seed));
    }
  },
  process.env.TRUNKLINE_SEEDS === undefined ? 120_000 : 1_800_000,
);

test("the same seed gives the same run to the byte", async () => {
  const seed = 2 * scenarios.length;
  expect(await playRun(runOf(seed))).toBe(await playRun(runOf(seed)));
});
