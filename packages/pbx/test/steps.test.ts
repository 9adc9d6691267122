import { expect, test } from "vitest";
import { stepsOf } from "./steps.ts";

function pairsIn(text: string): number {
  let pairs = 0;
  for (const one of text) for (const other of text) if (one === other) pairs += 1;
  return pairs;
}

const piecesIn = (text: string): number => text.split(",").filter((piece) => piece.trim() !== "").length;
const searchesIn = (text: string): number => [...text].filter((_, at) => text.indexOf("x", at) < 0).length;

test.each([
  ["pairs", pairsIn, 100],
  ["searches from every place", searchesIn, 100],
  ["pieces", piecesIn, 10],
])("ten times the text are so many times the steps: %s", async (_name, work, ratio) => {
  const [small, large] = [await stepsOf(() => work("a,".repeat(100))), await stepsOf(() => work("a,".repeat(1000)))];
  expect(large / small).toBeGreaterThan(ratio / 2);
  expect(large / small).toBeLessThan(ratio * 1.5);
});
