import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isAmong, isNamedBy, isUsable, publicKeyOf } from "./certificate.ts";

const certificate = Uint8Array.of(1, 2, 3, 4);
const other = Uint8Array.of(9, 9);

/** In the form of RFC 8122: two hexadecimal digits an octet, colons between. */
function fingerprint(name: string, of: Uint8Array = certificate) {
  const digest = createHash(name.replace("-", "")).update(of).digest("hex").toUpperCase();
  return { algorithm: name, value: digest.match(/../g)!.join(":") };
}
const names = ["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"];

describe("a certificate", () => {
  test.each(names)("is named by its %s", (name) => {
    expect(isNamedBy([fingerprint(name)], certificate)).toBe(true);
    expect(isNamedBy([fingerprint(name)], other)).toBe(false);
  });

  test("may be any of several that are named by one hash function", () => {
    expect(isNamedBy([fingerprint("sha-256", other), fingerprint("sha-256")], certificate)).toBe(true);
  });

  test("must match the strongest hash function that is known", () => {
    const [wrong, right] = [fingerprint("sha-512", other), fingerprint("sha-512")];
    expect(isNamedBy([fingerprint("sha-1"), fingerprint("sha-256"), wrong], certificate)).toBe(false);
    expect(isNamedBy([fingerprint("sha-1", other), right], certificate)).toBe(true);
  });

  test("is named by nothing when no hash function is known", () => {
    expect(isNamedBy([{ algorithm: "md5", value: "00:11" }], certificate)).toBe(false);
    expect(isNamedBy([], certificate)).toBe(false);
  });

  test("is compared whatever the case of names and digits", () => {
    const { algorithm, value } = fingerprint("sha-256");
    const written = { algorithm: algorithm.toUpperCase(), value: value.toLowerCase() };
    expect(isNamedBy([written], certificate)).toBe(true);
    expect(isAmong([written], fingerprint("sha-256"))).toBe(true);
    expect(isAmong([written], fingerprint("sha-256", other))).toBe(false);
  });

  test("that cannot be read has no public key", () => {
    expect(publicKeyOf(certificate)).toBeUndefined();
  });
});

test.each([
  ["of a known hash function", fingerprint("sha-256"), true],
  ["of MD5", fingerprint("md5"), false],
  ["that is too short", { algorithm: "sha-256", value: "00:11:22" }, false],
])("a fingerprint %s is usable or not", (_, one, usable) => {
  expect(isUsable(one)).toBe(usable);
});
