import { expect, test } from "vitest";
import { keyHertz } from "./tones.ts";

test("keys have the two frequencies of ITU-T Q.23", () => {
  expect(keyHertz("1")).toEqual([697, 1209]);
  expect(keyHertz("5")).toEqual([770, 1336]);
  expect(keyHertz("0")).toEqual([941, 1336]);
  expect(keyHertz("*")).toEqual([941, 1209]);
  expect(keyHertz("#")).toEqual([941, 1477]);
  expect([keyHertz("+"), keyHertz(""), keyHertz("12")]).toEqual([undefined, undefined, undefined]);
});
