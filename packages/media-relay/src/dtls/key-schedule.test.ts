import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { extendedMasterSecret, masterSecret, prf, verifyData, writeKeys } from "./key-schedule.ts";

const octets = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the PRF with SHA-256 gives the octets of the published vector", () => {
  const [secret, seed] = ["9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c"].map(octets);
  expect(hex(prf(secret!, "test label", seed!, 100))).toBe(
    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa0" +
      "22f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
  );
});

test("the secrets and what is made of them have their lengths, and differ by side, label and seed", () => {
  const shared = new Uint8Array(hkdfSync("sha256", "shared", "", "", 32));
  const randoms = { client: new Uint8Array(32).fill(1), server: new Uint8Array(32).fill(2) };
  const [plain, extended] = [masterSecret(shared, randoms), extendedMasterSecret(shared, randoms.client)];
  expect([plain.length, extended.length]).toEqual([48, 48]);
  expect(plain).not.toEqual(extended);
  expect(verifyData(plain, "client", shared)).not.toEqual(verifyData(plain, "server", shared));
  expect(verifyData(plain, "client", shared)).toHaveLength(12);
  const { client, server } = writeKeys(plain, randoms);
  expect([client.key.length, client.salt.length, server.key.length, server.salt.length]).toEqual([16, 4, 16, 4]);
  expect(new Set([client.key, server.key].map(hex)).size).toBe(2);
});
