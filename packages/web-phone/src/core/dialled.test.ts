import { describe, expect, test } from "vitest";
import { readDialled } from "./dialled.ts";

describe("what is dialled", () => {
  test.each([
    ["+12025550123", "+12025550123"],
    ["+1 (202) 555-0123", "+12025550123"],
    ["202.555.0123", "2025550123"],
    ["1–202—555‑0123", "12025550123"],
    ["\u202a+1\u00a0202\u2009555\u200b0123\u202c\n", "+12025550123"],
    ["+１２０２５５５０１２３", "+12025550123"],
    ["tel:+1-202-555-0123;ext=5", "+12025550123"],
    ["sip:+12025550123@example.com", "+12025550123"],
    ["+44 (0)20 7946 0018", "+442079460018"],
    ["(0)20 7946 0018", "02079460018"],
    ["1-800-FLOWERS", "18003569377"],
    ["+1 800 my apple", "+18006927753"],
    ["*72", "*72"],
    ["#31#2025550123", "#31#2025550123"],
    ["911", "911"],
    ["Alice", "alice"],
    ["desk-2", "desk-2"],
    ["Bob_Lab", "bob_lab"],
  ])("%j is %j", (text, value) => {
    expect(readDialled(text)).toEqual({ ok: true, value });
  });

  test.each([
    ["", "Enter a number to call."],
    [" () - ", "Enter a number to call."],
    ["1".repeat(41), "This is too long for a phone number."],
    ["202 555 0123!", "“!” cannot be part of a phone number."],
    ["alice@example.com", "“@” cannot be part of a phone number."],
    ["202 555 0123 x5", "This is not a phone number."],
    ["1+1", "This is not a phone number."],
    ["😀", "“😀” cannot be part of a phone number."],
  ])("%j is refused: %j", (text, why) => {
    expect(readDialled(text)).toMatchObject({ ok: false, why });
  });
});
