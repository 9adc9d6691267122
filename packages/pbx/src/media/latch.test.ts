import { expect, test } from "vitest";
import { readCidr } from "../domain/address.ts";
import { latchOfTrunk } from "./latch.ts";

test.each([
  ["192.168.1.5", true],
  ["10.9.0.1", false],
  ["100.64.0.9", true],
  ["fd00::1", true],
  ["pbx.example.com", true],
  ["3.80.16.9", false],
  ["198.51.100.9", false],
])("of a trunk that names %s what we send follows its RTP: %s", (named, expected) => {
  const { follows } = latchOfTrunk(["3.80.16.0/23", "10.9.0.0/24"].flatMap((text) => readCidr(text) ?? []));
  expect(follows(named)).toBe(expected);
});
