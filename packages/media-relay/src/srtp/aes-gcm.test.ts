import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { AesGcm } from "./aes-gcm.ts";
import { RtcpOpener, RtcpSealer } from "./srtcp.ts";
import { RtpOpener, RtpSealer } from "./srtp.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "hex");
const hex = (octets: Uint8Array | undefined): string | undefined => octets && Buffer.from(octets).toString("hex");

/** Session keys and packets of RFC 7714 sections 16 and 17. */
const keys = {
  key: bytes("000102030405060708090a0b0c0d0e0f"),
  salt: bytes("517569642070726f2071756f"),
  authKey: new Uint8Array(20),
};
const rtpPacket =
  "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
const srtpPacket =
  "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833" +
  "899d7f27beb16a9152cf765ee4390cce";
const rtcpPacket =
  "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const srtcpPacket =
  "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b" +
  "c84aa45896cf4d2fc5abf87245d9eade800005d4";
const srtcpIndex = 0x5d4;

describe("AEAD_AES_128_GCM", () => {
  test("makes the SRTP packet of RFC 7714 section 16.1.1 and opens it as in 16.1.2", () => {
    expect(hex(new RtpSealer(new AesGcm(keys, "rtp", 4)).protect(bytes(rtpPacket)))).toBe(srtpPacket);
    expect(hex(new RtpOpener(new AesGcm(keys, "rtp", 4)).unprotect(bytes(srtpPacket)))).toBe(rtpPacket);
  });

  test("has the tag of RFC 7714 section 16.1.3 over a packet in the clear", () => {
    const packet = bytes(rtpPacket);
    const position = { ssrc: 0x5501a0b2, index: 0xf17b, word: 0 };
    const tag = new AesGcm(keys, "rtp", 1).tagOf(packet, packet.length, packet.length, position);
    expect(hex(tag)).toBe("22493f82d2bce397e9d79e3b19aa4216");
  });

  test("makes the SRTCP packet of RFC 7714 section 17.1 and opens it", () => {
    const sealer = new RtcpSealer(new AesGcm(keys, "rtcp", 1));
    for (let index = 0; index < srtcpIndex; index += 1) sealer.protect(bytes(rtcpPacket));
    expect(hex(sealer.protect(bytes(rtcpPacket)))).toBe(srtcpPacket);
    expect(hex(new RtcpOpener(new AesGcm(keys, "rtcp", 1)).unprotect(bytes(srtcpPacket)))).toBe(rtcpPacket);
  });

  test("has the tag of RFC 7714 section 17.3 over a report in the clear, which is refused all the same", () => {
    const packet = bytes(rtcpPacket);
    const position = { ssrc: 0x4d617273, index: srtcpIndex, word: srtcpIndex };
    const tag = "841dd9683dd78ec92ae58790125f62b3";
    expect(hex(new AesGcm(keys, "rtcp", 1).tagOf(packet, packet.length, packet.length, position))).toBe(tag);
    const inTheClear = bytes(`${rtcpPacket}${tag}000005d4`);
    expect(new RtcpOpener(new AesGcm(keys, "rtcp", 1)).unprotect(inTheClear)).toBeUndefined();
  });

  test("says of every length what Node's own AES-GCM says", () => {
    const random = seededRandom(31);
    const sealer = new RtpSealer(new AesGcm(keys, "rtp", 4));
    for (let length = 0; length <= 1400; length += 1) {
      const packet = Buffer.concat([bytes("800000000000000000000000"), random(length)]);
      packet.writeUInt16BE(length, 2);
      const nonce = Buffer.concat([
        keys.salt.subarray(0, 10),
        Buffer.from([0x75 ^ (length >>> 8), 0x6f ^ (length & 255)]),
      ]);
      const node = createCipheriv("aes-128-gcm", keys.key, nonce).setAAD(packet.subarray(0, 12));
      const encrypted = Buffer.concat([packet.subarray(0, 12), node.update(packet.subarray(12)), node.final()]);
      expect(hex(sealer.protect(packet))).toBe(hex(Buffer.concat([encrypted, node.getAuthTag()])));
    }
  });
});
