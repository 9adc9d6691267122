import { expect, test } from "vitest";
import { holdTable } from "./hold/table.ts";
import { presenceTable } from "./recovery/table.ts";
import { ringTable } from "./ring/table.ts";
import { callTable } from "./table.ts";
import { transferTable } from "./transfer/table.ts";

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
    { state: "ringing", event: "answered", to: "talking", run: ["answerCaller"] },
    { state: "ringing", event: "announced", to: "talking", run: ["answerCaller"] },
  ]);
});

test("whoever answers after the ringing is over is hung up", () => {
  expect([ringTable.won.answered, ringTable.lost.answered].map(({ run }) => run)).toEqual([["dropLate"], ["dropLate"]]);
});

test("whatever begins a limit is left by stopping it or by its end", () => {
  for (const [table, limited] of [
    [holdTable, "holding"],
    [presenceTable, "absent"],
  ] as const) {
    expect(cellsOf(table).filter(({ to, run }) => to === limited && run.includes("startLimit"))).toHaveLength(1);
    for (const { state, event, to, run } of cellsOf(table))
      if (state === limited && to !== limited) expect([event === "expired", run.includes("stopLimit")]).toContain(true);
  }
});

test("a transfer ends from every state when the other party leaves, and the one who asked is told once how it went", () => {
  for (const state of ["ringing", "unattended", "returning"] as const) {
    expect(transferTable[state].otherLeft).toMatchObject({ to: "over" });
    expect(transferTable[state].otherLeft.run).toContain("stopRinging");
  }
  const told = cellsOf(transferTable).filter(({ run }) => run.includes("tellDone") || run.includes("tellFailed"));
  expect(told.map(({ state, to }) => [state, to])).toEqual(Array(3).fill(["ringing", "over"]));
  expect(cellsOf(transferTable).filter(({ state }) => state === "over")).toEqual([]);
});
