import { expect, test } from "vitest";
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
  expect(callWords("calling", undefined)).toBe("Calling…");
  expect(callWords("early", undefined)).toBe("Ringing…");
  expect(callWords("talking", 12_000)).toBe("In call 0:12");
  expect(callWords("ended", 12_000)).toBe("Ended");
});
