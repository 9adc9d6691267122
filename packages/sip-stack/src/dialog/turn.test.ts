import { expect, test } from "vitest";
import { step } from "../kernel/table.ts";
import { refusalOfOffer, type TurnEvent, type TurnState, turnTable } from "./turn.ts";

const cells: [TurnState, TurnEvent, TurnState | undefined][] = [
  ["settled", "weOffer", "ours"],
  ["settled", "theyOffer", "theirs"],
  ["settled", "done", undefined],
  ["ours", "weOffer", undefined],
  ["ours", "theyOffer", undefined],
  ["ours", "done", "settled"],
  ["theirs", "weOffer", undefined],
  ["theirs", "theyOffer", undefined],
  ["theirs", "done", "settled"],
];

test.each(cells)("%s, %s", (state, event, next) => {
  expect(step<TurnState, TurnEvent, never>(turnTable, state, event)?.to).toBe(next);
});

test("an offer is refused with 491 while ours is open and with 500 while theirs is", () => {
  expect((["settled", "ours", "theirs"] as const).map(refusalOfOffer)).toEqual([undefined, 491, 500]);
});
