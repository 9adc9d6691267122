import { expect, test } from "vitest";
import type { CallState } from "./call-table.ts";
import { callWords, durationWords } from "./call-words.ts";

test.each([
  [0, "0:00"],
  [12_900, "0:12"],
  [754_000, "12:34"],
  [3_723_000, "1:02:03"],
  [-5, "0:00"],
])("%i ms are %s", (elapsedMs, words) => {
  expect(durationWords(elapsedMs)).toBe(words);
});

test("states in words, with the time where there is one", () => {
  const words = (state: CallState, elapsedMs?: number, held = false) => callWords({ state, held, elapsedMs });
  expect(words("calling")).toBe("Calling…");
  expect(words("early")).toBe("Ringing…");
  expect(words("talking", 12_000)).toBe("In call 0:12");
  expect(words("talking", 12_000, true)).toBe("On hold 0:12");
  expect(words("ended", 12_000, true)).toBe("Ended");
});
