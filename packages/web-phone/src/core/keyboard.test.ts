import { expect, test } from "vitest";
import { keyMeaning } from "./keyboard.ts";

test.each([
  ["5", "page", undefined, { kind: "type", key: "5" }],
  ["+", "button", "ended", { kind: "type", key: "+" }],
  ["5", "field", undefined, undefined],
  ["Enter", "field", undefined, { kind: "dial" }],
  ["Enter", "page", "ended", { kind: "dial" }],
  ["Enter", "button", undefined, undefined],
  ["Escape", "field", undefined, { kind: "clear" }],
  ["Escape", "page", "talking", { kind: "hangUp" }],
  ["Escape", "page", "incoming", { kind: "hangUp" }],
  ["Escape", "page", "ringing", { kind: "hangUp" }],
  ["#", "page", "talking", { kind: "press", key: "#" }],
  ["#", "button", "talking", { kind: "press", key: "#" }],
  ["m", "page", "talking", { kind: "mute" }],
  ["Enter", "page", "incoming", undefined],
  ["5", "page", "ringing", undefined],
  ["x", "page", "talking", undefined],
] as const)("%s on the %s in %s", (key, place, call, meaning) => {
  expect(keyMeaning(key, place, call)).toEqual(meaning);
});
