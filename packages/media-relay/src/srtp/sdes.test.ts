import { describe, expect, test } from "vitest";
import { formatInlineKey, parseInlineKey } from "./sdes.ts";

const cm = "AES_CM_128_HMAC_SHA1_80";
/** Of the examples of RFC 4568 section 4. */
const inline = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const master = Buffer.from("WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "base64");
const value = { key: Uint8Array.from(master.subarray(0, 16)), salt: Uint8Array.from(master.subarray(16)) };

describe("the key of a crypto attribute", () => {
  test.each([inline, `${inline}|2^20`, `${inline}|2^48`, `${inline}|1048576`, inline.replace("inline", "INLINE")])(
    "is read from %s",
    (text) => {
      expect(parseInlineKey(cm, text)).toEqual({ ok: true, value });
    },
  );

  test("has 12 octets of salt for AES-GCM, with base64's padding or without it", () => {
    const text = `inline:${master.subarray(0, 28).toString("base64")}`;
    expect(text).toMatch(/==$/);
    const short = { key: value.key, salt: value.salt.subarray(0, 12) };
    expect(parseInlineKey("AEAD_AES_128_GCM", text)).toEqual({ ok: true, value: short });
    expect(parseInlineKey("AEAD_AES_128_GCM", text.slice(0, -2))).toEqual({ ok: true, value: short });
    expect(formatInlineKey(short)).toBe(text);
  });

  test("is written as it is read", () => {
    expect(formatInlineKey(value)).toBe(inline);
  });

  test.each([
    ["nothing", "", 0],
    ["another method", inline.replace("inline", "other"), 0],
    ["base64 of another alphabet", inline.replace("WV", "_-"), 0],
    ["a key that is too short", inline.slice(0, -4), 7],
    ["a key that is too long", `${inline}AAAA`, 7],
    ["a master key identifier", `${inline}|1:4`, 47],
    ["a lifetime and a master key identifier", `${inline}|2^20|1:4`, 47],
    ["a lifetime that is no number", `${inline}|2^`, 47],
    ["a second key", `${inline};${inline}`, 0],
    ["a line break behind the key", `${inline}\n`, 0],
  ])("is refused: %s", (_, text, at) => {
    expect(parseInlineKey(cm, text)).toMatchObject({ ok: false, at });
  });
});
