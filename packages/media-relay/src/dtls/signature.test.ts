import { constants, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isSignedBy, ownScheme, signatureSchemes, signData } from "./signature.ts";

const data = new TextEncoder().encode("the handshake so far");
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

const signed = [
  ["ECDSA with SHA-256", 0x0403, p256, sign("sha256", data, p256.privateKey)],
  ["ECDSA with SHA-384", 0x0503, p384, sign("sha384", data, p384.privateKey)],
  ["ECDSA with SHA-512", 0x0603, p256, sign("sha512", data, p256.privateKey)],
  ["RSA with SHA-256", 0x0401, rsa, sign("sha256", data, rsa.privateKey)],
  ["RSA with SHA-512", 0x0601, rsa, sign("sha512", data, rsa.privateKey)],
  ["RSA-PSS with SHA-256", 0x0804, rsa, sign("sha256", data, { key: rsa.privateKey, ...pss })],
  ["Ed25519", 0x0807, ed25519, sign(null, data, ed25519.privateKey)],
] as const;

describe("a signature", () => {
  test.each(signed)(
    "by %s is that of its key over its data, and of no other",
    (_, scheme, { publicKey }, signature) => {
      expect(signatureSchemes).toContain(scheme);
      expect(isSignedBy(publicKey, scheme, data, signature)).toBe(true);
      expect(isSignedBy(publicKey, scheme, data.subarray(1), signature)).toBe(false);
      expect(isSignedBy(publicKey, scheme, data, signature.subarray(1))).toBe(false);
      const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
      expect(isSignedBy(stranger, scheme, data, signature)).toBe(false);
    },
  );

  test.each([
    ["SHA-1", 0x0203, p256, sign("sha1", data, p256.privateKey)],
    ["MD5", 0x0101, rsa, sign("md5", data, rsa.privateKey)],
    ["no scheme", 0, p256, new Uint8Array(0)],
  ] as const)("by %s is not taken", (_, scheme, { publicKey }, signature) => {
    expect(isSignedBy(publicKey, scheme, data, signature)).toBe(false);
  });

  test("of ours is verified as what we say it is", () => {
    expect(isSignedBy(p256.publicKey, ownScheme, data, signData(p256.privateKey, data))).toBe(true);
  });
});
