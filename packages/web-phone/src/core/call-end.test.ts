import { expect, test } from "vitest";
import { type CallEnd, endWords, isFailure } from "./call-end.ts";
import { statusWords } from "./status-words.ts";

test("the server's words win over our own", () => {
  expect(endWords({ kind: "refused", status: 486, words: "Busy, says the server." }, "dialling")).toBe(
    "Busy, says the server.",
  );
  expect(endWords({ kind: "refused", status: 486 }, "dialling")).toBe("The number is busy.");
  expect(endWords({ kind: "hungUp", words: "The limit of 240 minutes was reached." }, "talking")).toMatch(/^The limit/);
});

test("what the person did is said as such", () => {
  const here: CallEnd = { kind: "here" };
  expect([endWords(here, "dialling"), endWords(here, "offered"), endWords(here, "talking")]).toEqual([
    "You cancelled the call.",
    "You declined the call.",
    "You hung up.",
  ]);
});

test("every end is a whole sentence, and only faults count as failures", () => {
  const ends: CallEnd[] = [
    { kind: "hungUp" },
    { kind: "withdrawn" },
    { kind: "elsewhere" },
    { kind: "missed" },
    { kind: "noPath" },
    { kind: "pathLost" },
    { kind: "connection" },
    { kind: "internal" },
    { kind: "refused", status: 503 },
    ...(["denied", "missing", "taken", "insecure"] as const).map((problem) => ({
      kind: "microphone" as const,
      problem,
    })),
  ];
  for (const end of ends) expect(endWords(end, "talking")).toMatch(/^[A-Z].*\.$/);
  expect(ends.map(isFailure)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
});

test("every status from 300 to 699 has a sentence", () => {
  for (let status = 300; status < 700; status += 1) expect(statusWords(status)).toMatch(/^[A-Z].*\.$/);
  expect(statusWords(408)).toBe("Nobody answered.");
});
