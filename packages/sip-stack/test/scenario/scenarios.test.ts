import { expect, test } from "vitest";
import { playRun, runOf } from "./run.ts";
import { scenarios } from "./scenarios.ts";
import { countVisits, unreachable } from "./visits.ts";

const seeds = Number(process.env.TRUNKLINE_SEEDS ?? 500);
const firstSeed = Number(process.env.TRUNKLINE_FIRST_SEED ?? 0);
const visits = countVisits();

test.each(scenarios.map(({ name }, seed) => [name, seed] as const))("in fair weather: %s", async (_, seed) => {
  await playRun(runOf(seed));
});

test("in any weather both sides agree on every dialog, answer as they may, and nothing is left", async () => {
  for (let seed = firstSeed + scenarios.length; seed < firstSeed + seeds; seed++) await playRun(runOf(seed));
});

test("every cell of every table was visited, but those that no network leads to", () => {
  const missing = [...visits].filter(([, count]) => count === 0).map(([cell]) => cell);
  expect(missing.toSorted()).toEqual(Object.keys(unreachable).toSorted());
});

test("the same seed gives the same run to the byte", async () => {
  const seed = 2 * scenarios.length;
  expect(await playRun(runOf(seed))).toBe(await playRun(runOf(seed)));
});
