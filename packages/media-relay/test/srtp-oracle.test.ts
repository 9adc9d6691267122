import { describe, expect, test } from "vitest";
import { RtpHeader, SrtcpSession, SrtpSession } from "werift";
import { makeCompound } from "../src/packet/rtcp.ts";
import { makeRtp, rtp } from "../src/packet/rtp.ts";
import { saltBytes } from "../src/srtp/keys.ts";
import { srtpCipher } from "../src/srtp/media-cipher.ts";
import { seededRandom } from "../src/testing/index.ts";

const profiles = [
  ["AES_CM_128_HMAC_SHA1_80", 1],
  ["AEAD_AES_128_GCM", 7],
] as const;

/** Our cipher, and werift's sessions on the other side of it. */
function sides(profile: (typeof profiles)[number][0], number: 1 | 7, seed: number) {
  const random = seededRandom(seed);
  const master = () => ({ key: Buffer.from(random(16)), salt: Buffer.from(random(saltBytes[profile])) });
  const [local, remote] = [master(), master()];
  const keys = {
    ...{ localMasterKey: remote.key, localMasterSalt: remote.salt },
    ...{ remoteMasterKey: local.key, remoteMasterSalt: local.salt },
  };
  const theirs = {
    rtp: new SrtpSession({ keys, profile: number }),
    rtcp: new SrtcpSession({ keys, profile: number }),
  };
  return { ours: srtpCipher({ profile, local, remote }), theirs, random };
}

const plain = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && Uint8Array.from(bytes);

/** Random payloads under random timestamps, over a wrap of the sequence; lengths from 1 to 1400. */
function* packets(random: (length: number) => Uint8Array) {
  for (let count = 0; count < 600; count += 1) {
    const [high = 0, low = 0, marker = 0, type = 0] = random(4);
    const fields = {
      payloadType: type & 0x7f,
      marker: (marker & 1) === 1,
      seq: (65_200 + count) & 0xffff,
      ssrc: 0x8123_4567,
    };
    yield makeRtp({ ...fields, timestamp: (high << 16) | low }, random(1 + (((high << 8) | low) % 1400)));
  }
}

const reportOf = (random: (length: number) => Uint8Array): Uint8Array =>
  makeCompound({ ssrc: 0x8123_4567, cname: Buffer.from(random(1 + (random(1)[0]! % 60))).toString("hex") });

describe.each(profiles)("beside werift's SRTP, %s", (profile, number) => {
  test("werift opens what we protect", () => {
    const { ours, theirs, random } = sides(profile, number, 1);
    for (const packet of packets(random)) {
      expect(plain(theirs.rtp.decrypt(Buffer.from(ours.protectRtp(packet))))).toEqual(packet);
      const report = reportOf(random);
      expect(plain(theirs.rtcp.decrypt(Buffer.from(ours.protectRtcp(report))))).toEqual(report);
    }
  });

  test("we open what werift protects", () => {
    const { ours, theirs, random } = sides(profile, number, 2);
    for (const packet of packets(random)) {
      const header = RtpHeader.deSerialize(Buffer.from(packet));
      const bytes = theirs.rtp.encrypt(Buffer.from(packet.subarray(12)), header);
      expect(plain(ours.unprotectRtp(bytes)), `sequence ${rtp.seq(packet)}`).toEqual(packet);
      const report = reportOf(random);
      expect(plain(ours.unprotectRtcp(theirs.rtcp.encrypt(Buffer.from(report))))).toEqual(report);
    }
  });
});
