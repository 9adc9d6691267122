import { describe, expect, test } from "vitest";
import { columns, duration, printable, printableJson, shortTime, table } from "./columns.ts";

test("columns are as wide as their widest cell, without blanks at the end", () => {
  expect(
    columns([
      ["a", "bb", "c"],
      ["dddd", "e", ""],
    ]),
  ).toBe("a     bb  c\ndddd  e");
});

test("an empty table is a sentence", () => {
  expect(table(["A"], [], "Nothing.")).toBe("Nothing.");
});

describe("text from outside", () => {
  test.each([
    ["an escape sequence that clears the screen", "\u001b[2J", "?[2J"],
    ["a C1 control that begins one too", "\u009b2J", "?2J"],
    ["line breaks", "a\r\nb\u2028c", "a??b?c"],
    ["a mark that reverses the writing", "a\u202eb", "a?b"],
    ["a bell", "\u0007", "?"],
  ])("%s cannot reach the terminal", (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test("cannot reach the terminal in JSON either, and is still the same text", () => {
    const told = { from: "\u009b2J\u007f\u001b[2J" };
    expect(printableJson(told)).toBe('{\n  "from": "\\u009b2J\\u007f\\u001b[2J"\n}');
    expect(JSON.parse(printableJson(told))).toEqual(told);
  });

  test("names in any script stay as they are", () => {
    expect(printable("Zoë 山田 +1 (202)")).toBe("Zoë 山田 +1 (202)");
  });
});

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [65, "1 min 5 s"],
  [3600, "1 h"],
  [7384, "2 h 3 min"],
  [90_000, "1 d 1 h"],
  [-1, "0 s"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("times are shown to the second, in UTC", () => {
  expect(shortTime("2026-11-23T09:05:07.123Z")).toBe("2026-11-23 09:05:07");
  expect(shortTime(undefined)).toBe("-");
});
