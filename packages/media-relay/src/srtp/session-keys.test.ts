import { describe, expect, test } from "vitest";
import { derive, sessionKeys } from "./session-keys.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** RFC 3711 appendix B.3. */
const master = {
  key: Buffer.from("e1f97a0d3e018be0d64fa32c06de4139", "hex"),
  salt: Buffer.from("0ec675ad498afeebb6960b3aabe6", "hex"),
};

describe("session keys", () => {
  test("are those of RFC 3711 appendix B.3", () => {
    const keys = sessionKeys("AES_CM_128_HMAC_SHA1_80", master, "rtp");
    expect(hex(keys.key)).toBe("c61e7a93744f39ee10734afe3ff7a087");
    expect(hex(keys.salt)).toBe("30cbbc08863d8c85d49db34a9ae1");
    expect(hex(keys.authKey)).toBe("cebe321f6ff7716b6fd4ab49af256a156d38baa4");
  });

  test("go on as that appendix shows for 94 octets", () => {
    expect(hex(derive(master, 1, 94))).toBe(
      "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef7227098" +
        "6371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2",
    );
  });

  test("of RTCP are others", () => {
    const [one, other] = (["rtp", "rtcp"] as const).map((protocol) =>
      sessionKeys("AES_CM_128_HMAC_SHA1_80", master, protocol),
    );
    expect(hex(other!.key)).not.toBe(hex(one!.key));
    expect(hex(other!.salt)).not.toBe(hex(one!.salt));
    expect(hex(other!.authKey)).not.toBe(hex(one!.authKey));
  });

  test("are refused for a key or a salt of another length", () => {
    const short = { ...master, key: master.key.subarray(1) };
    expect(() => sessionKeys("AES_CM_128_HMAC_SHA1_80", short, "rtp")).toThrow(RangeError);
    expect(() => sessionKeys("AEAD_AES_128_GCM", master, "rtp")).toThrow(RangeError);
  });
});
