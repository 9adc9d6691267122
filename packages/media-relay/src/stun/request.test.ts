import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { isAuthenticRequest, readBindingRequest } from "./request.ts";

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

/** Whether bytes are a request that was made with a password of ours. */
const isOurs = (bytes: Uint8Array, passwords = passwordOf): boolean => {
  const request = readBindingRequest(bytes);
  return request !== undefined && isAuthenticRequest(bytes, request, passwords);
};

describe("a STUN binding request", () => {
  test("of RFC 5769 is read and authentic with its password, and its bytes stay as they are", () => {
    const bytes = Buffer.from(sample);
    expect(readBindingRequest(bytes)).toEqual({
      fragment: "evtj",
      integrityAt: 80,
      role: "controlled",
      isStrange: false,
    });
    expect(isOurs(bytes)).toBe(true);
    expect(new Uint8Array(bytes)).toEqual(sample);
  });

  test("with another password, an unknown user or one bit changed is not", () => {
    expect(isOurs(sample, () => "another")).toBe(false);
    expect(isOurs(sample, () => undefined)).toBe(false);
    for (let at = 0; at < 76 * 8; at += 1) {
      const changed = sample.slice();
      changed[at >>> 3] = changed[at >>> 3]! ^ (1 << (at & 7));
      expect(isOurs(changed, () => password)).toBe(false);
    }
  });

  test("with an attribute that must be understood and is unknown is strange, with one that need not be is not", () => {
    const withType = (type: number): Uint8Array => {
      const changed = sample.slice();
      changed.set([type >>> 8, type & 0xff], 20);
      return changed;
    };
    expect(readBindingRequest(withType(0x7fff))?.isStrange).toBe(true);
    expect(readBindingRequest(withType(0xc057))?.isStrange).toBe(false);
  });

  test("that is a response, an indication or longer than a datagram of ICE is none", () => {
    for (const type of [0x0011, 0x0101, 0x0111, 0x0003]) {
      const other = sample.slice();
      other.set([type >>> 8, type & 0xff]);
      expect(readBindingRequest(other)).toBeUndefined();
    }
    const long = new Uint8Array(2000);
    long.set(sample);
    long.set([(long.length - 20) >>> 8, (long.length - 20) & 0xff], 2);
    expect(readBindingRequest(long)).toBeUndefined();
  });

  test("cut short or of any bytes never throws", () => {
    const random = seededRandom(3);
    for (let length = 0; length < sample.length - 32; length += 1) {
      expect(isOurs(sample.subarray(0, length))).toBe(false);
    }
    for (let count = 0; count < 5000; count += 1) {
      const bytes = Uint8Array.from([...sample.subarray(0, 20), ...random(random(1)[0]! % 80)]);
      bytes[3] = bytes.length - 20;
      expect(isOurs(bytes)).toBe(false);
    }
  });
});
