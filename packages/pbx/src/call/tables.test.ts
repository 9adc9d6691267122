import { expect, test } from "vitest";
import { ringTable } from "./ring/table.ts";
import { callTable } from "./table.ts";

const cellsOf = (table: object) =>
  Object.entries(table).flatMap(([state, cells]) =>
    Object.entries(cells as Record<string, { to: string; run: readonly string[] }>).map(([event, rule]) => ({
      state,
      event,
      ...rule,
    })),
  );

test("a call ends from every state by its caller or by us, and never comes back from its end", () => {
  for (const state of ["arriving", "ringing", "talking"] as const) {
    for (const event of ["callerLeft", "stopped"] as const)
      expect(callTable[state][event]).toEqual({ to: "ending", run: ["endLegs"] });
  }
  expect(cellsOf(callTable).filter(({ state, to }) => state === "ending" && to !== "ending")).toEqual([]);
});

test("the caller is answered when a target has answered, and for a recording, which counts as no answer", () => {
  expect(cellsOf(callTable).filter(({ run }) => run.includes("answerCaller"))).toEqual([
    { state: "ringing", event: "answered", to: "talking", run: ["noteAnswer", "answerCaller"] },
    { state: "ringing", event: "announced", to: "talking", run: ["answerCaller"] },
  ]);
});

test("whoever answers after the ringing is over is hung up", () => {
  expect([ringTable.won.answered, ringTable.lost.answered].map(({ run }) => run)).toEqual([["dropLate"], ["dropLate"]]);
});
