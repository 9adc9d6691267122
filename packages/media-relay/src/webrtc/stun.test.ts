import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { isAuthenticRequest, isStunRequest } from "./stun.ts";

/** RFC 5769 section 2.1. */
const sample = Uint8Array.from(
  Buffer.from(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74" +
      "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020" +
      "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
    "hex",
  ),
);
const password = "VOkJxbRl1RmTxUk/WvJxBt";
const passwordOf = (fragment: string): string | undefined => (fragment === "evtj" ? password : undefined);

describe("a STUN binding request", () => {
  test("of RFC 5769 is authentic with its password, and its bytes stay as they are", () => {
    const bytes = Buffer.from(sample);
    expect(isStunRequest(bytes)).toBe(true);
    expect(isAuthenticRequest(bytes, passwordOf)).toBe(true);
    expect(new Uint8Array(bytes)).toEqual(sample);
  });

  test("with another password, an unknown user or one bit changed is not", () => {
    expect(isAuthenticRequest(sample, () => "another")).toBe(false);
    expect(isAuthenticRequest(sample, () => undefined)).toBe(false);
    for (let at = 0; at < 76 * 8; at += 1) {
      const changed = sample.slice();
      changed[at >>> 3] = changed[at >>> 3]! ^ (1 << (at & 7));
      expect(isStunRequest(changed) && isAuthenticRequest(changed, () => password)).toBe(false);
    }
  });

  test("cut short or of any bytes never throws", () => {
    const random = seededRandom(3);
    for (let length = 0; length < sample.length - 32; length += 1) {
      expect(isAuthenticRequest(sample.subarray(0, length), passwordOf)).toBe(false);
    }
    for (let count = 0; count < 5000; count += 1) {
      const bytes = Uint8Array.from([...sample.subarray(0, 20), ...random(random(1)[0]! % 80)]);
      expect(isAuthenticRequest(bytes, passwordOf)).toBe(false);
    }
  });
});
