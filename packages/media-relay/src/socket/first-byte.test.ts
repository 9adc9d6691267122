import { expect, test } from "vitest";
import { kindOfDatagram } from "./first-byte.ts";

test.each([
  ["stun", [0, 1]],
  ["stun", [3]],
  ["unknown", [4]],
  ["unknown", [19]],
  ["dtls", [20]],
  ["dtls", [63]],
  ["unknown", [64]],
  ["unknown", [127]],
  ["rtp", [128, 0]],
  ["rtp", [191, 0x80 | 101]],
  ["rtp", [128, 191]],
  ["rtcp", [128, 192]],
  ["rtcp", [128, 223]],
  ["rtp", [128, 224]],
  ["unknown", [192]],
  ["unknown", []],
])("%s begins with %j", (kind, bytes) => {
  expect(kindOfDatagram(Uint8Array.from(bytes))).toBe(kind);
});
