import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeCompound } from "../packet/rtcp.ts";
import { makeRtp, rtp } from "../packet/rtp.ts";
import { seqAdd } from "../packet/sequence.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { type SrtpProfile, saltBytes } from "./keys.ts";
import { type MediaCipher, srtpCipher } from "./media-cipher.ts";
import { maxSources } from "./sources.ts";

const profiles = Object.keys(saltBytes) as SrtpProfile[];
const tagBytes = { AES_CM_128_HMAC_SHA1_80: 10, AES_CM_128_HMAC_SHA1_32: 4, AEAD_AES_128_GCM: 16 };
const random = seededRandom(3711);

function pair(profile: SrtpProfile): { readonly here: MediaCipher; readonly there: MediaCipher } {
  const master = () => ({ key: random(16), salt: random(saltBytes[profile]) });
  const [local, remote] = [master(), master()];
  return {
    here: srtpCipher({ profile, local, remote }),
    there: srtpCipher({ profile, local: remote, remote: local }),
  };
}

const plain = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && Uint8Array.from(bytes);
const voice = (seq: number, ssrc = 0xfeed_beef): Uint8Array =>
  makeRtp({ payloadType: 0, seq, timestamp: 160 * seq, ssrc }, random(160));
const report = (ssrc = 0xfeed_beef): Uint8Array => makeCompound({ ssrc, cname: "someone@192.0.2.1" });

/** Every packet of `seqs` in the order they are sent, protected. */
const sealed = (cipher: MediaCipher, seqs: readonly number[]) =>
  seqs.map((seq) => {
    const packet = voice(seq);
    return { seq, packet, bytes: cipher.protectRtp(packet) };
  });

describe.each(profiles)("%s", (profile) => {
  test("opens what the other side protects, each way, and leaves what it is given as it is", () => {
    const { here, there } = pair(profile);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      const packet = voice(9);
      const given = Uint8Array.from(packet);
      const bytes = from.protectRtp(packet);
      expect(packet).toEqual(given);
      expect(bytes).toHaveLength(packet.length + tagBytes[profile]);
      const kept = Uint8Array.from(bytes);
      expect(plain(to.unprotectRtp(bytes))).toEqual(packet);
      expect(plain(bytes)).toEqual(kept);
      expect(plain(to.unprotectRtcp(from.protectRtcp(report())))).toEqual(report());
    }
  });

  test("leaves header, contributing sources and extension in the clear and nothing of the payload", () => {
    const { here } = pair(profile);
    const head = Uint8Array.of(0x92, 0, 0, 7, ...random(4), ...random(4), ...random(8), 0xbe, 0xde, 0, 1, ...random(4));
    const payload = random(160);
    const bytes = here.protectRtp(Uint8Array.of(...head, ...payload));
    expect(plain(bytes.subarray(0, head.length))).toEqual(head);
    const same = payload.filter((octet, at) => octet === bytes[head.length + at]);
    expect(same.length).toBeLessThan(10);
  });

  test("gives the payload back whatever its length, sources, extension and padding", () => {
    const { here, there } = pair(profile);
    const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const packets = fc.record({
      sources: fc.integer({ min: 0, max: 15 }).chain((count) => octets(4 * count)),
      extension: fc.option(fc.integer({ min: 0, max: 6 }).chain((words) => octets(4 * words))),
      payload: fc.uint8Array({ maxLength: 1400, size: "max" }),
      flags: fc.constantFrom(0, 0x20),
    });
    let seq = 0;
    const property = fc.property(packets, ({ sources, extension, payload, flags }) => {
      seq = seqAdd(seq, 1);
      const first = 0x80 | flags | (extension === null ? 0 : 0x10) | (sources.length / 4);
      const head = [first, 0x80, seq >>> 8, seq & 0xff, 1, 2, 3, 4, 5, 6, 7, 8];
      const more = extension === null ? [] : [0xbe, 0xde, 0, extension.length / 4, ...extension];
      const packet = Uint8Array.of(...head, ...sources, ...more, ...payload);
      expect(plain(there.unprotectRtp(here.protectRtp(packet)))).toEqual(packet);
    });
    fc.assert(property, { numRuns: 300, seed: 7714 });
  });

  test("follows the sequence over three wraps with losses and reordering", () => {
    const { here, there } = pair(profile);
    const all = Array.from({ length: 200_000 / 50 }, (_, at) => sealed(here, [(65_000 + 50 * at) & 0xffff])[0]!);
    const arriving = all.filter((_, at) => at % 7 !== 3);
    for (let at = 0; at + 1 < arriving.length; at += 5) {
      [arriving[at], arriving[at + 1]] = [arriving[at + 1]!, arriving[at]!];
    }
    for (const { packet, bytes } of arriving) expect(plain(there.unprotectRtp(bytes))).toEqual(packet);
  });

  test("opens packets that come up to 127 late over a wrap, once each", () => {
    const { here, there } = pair(profile);
    const all = sealed(
      here,
      Array.from({ length: 128 }, (_, at) => (65_500 + at) & 0xffff),
    );
    const late = all.slice(36);
    expect(there.unprotectRtp(all[0]!.bytes)).toBeDefined();
    for (const { packet, bytes } of late.reverse()) expect(plain(there.unprotectRtp(bytes))).toEqual(packet);
    for (const { packet, bytes } of all.slice(1, 36)) expect(plain(there.unprotectRtp(bytes))).toEqual(packet);
    for (const { bytes } of all) expect(there.unprotectRtp(bytes)).toBeUndefined();
  });

  test("refuses what it has already taken, of RTCP too, and goes on", () => {
    const { here, there } = pair(profile);
    const packets = sealed(here, [1, 2, 3]);
    const reports = [here.protectRtcp(report()), here.protectRtcp(report()), here.protectRtcp(report())];
    for (const { bytes } of packets) expect(there.unprotectRtp(bytes)).toBeDefined();
    for (const bytes of reports) expect(there.unprotectRtcp(bytes)).toBeDefined();
    for (const { bytes } of packets) expect(there.unprotectRtp(bytes)).toBeUndefined();
    for (const bytes of reports) expect(there.unprotectRtcp(bytes)).toBeUndefined();
    expect(there.unprotectRtp(here.protectRtp(voice(4)))).toBeDefined();
    expect(there.unprotectRtcp(here.protectRtcp(report()))).toBeDefined();
  });

  test("takes reports in any order", () => {
    const { here, there } = pair(profile);
    const reports = Array.from({ length: 60 }, () => here.protectRtcp(report()));
    for (const bytes of reports.reverse()) expect(plain(there.unprotectRtcp(bytes))).toEqual(report());
  });

  test("refuses a packet or a report of which any one octet is another, or the last is missing", () => {
    const { here, there } = pair(profile);
    const packet = here.protectRtp(voice(77));
    const control = here.protectRtcp(report());
    for (const [bytes, open] of [
      [packet, there.unprotectRtp],
      [control, there.unprotectRtcp],
    ] as const) {
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Uint8Array.from(bytes);
        changed[at] = changed[at]! ^ (1 << (at % 8));
        expect(open(changed)).toBeUndefined();
      }
      expect(open(bytes.subarray(0, -1))).toBeUndefined();
      expect(open(bytes)).toBeDefined();
    }
  });

  test("is not led astray by forged packets far ahead or of other sources", () => {
    const { here, there } = pair(profile);
    expect(there.unprotectRtp(here.protectRtp(voice(10)))).toBeDefined();
    for (let forged = 0; forged < 2 * maxSources; forged += 1) {
      expect(there.unprotectRtp(Uint8Array.of(...voice(30_000 + 500 * forged), ...random(16)))).toBeUndefined();
      expect(there.unprotectRtp(Uint8Array.of(...voice(1, forged), ...random(16)))).toBeUndefined();
      expect(there.unprotectRtcp(Uint8Array.of(...report(forged), ...random(19), 0x80))).toBeUndefined();
    }
    const packet = voice(11);
    expect(plain(there.unprotectRtp(here.protectRtp(packet)))).toEqual(packet);
    expect(there.unprotectRtp(here.protectRtp(voice(1, 1)))).toBeDefined();
    expect(there.unprotectRtcp(here.protectRtcp(report(1)))).toBeDefined();
  });

  test("keeps the sources apart and takes a bounded number of them", () => {
    const { here, there } = pair(profile);
    for (let ssrc = 0; ssrc < maxSources; ssrc += 1) {
      for (const seq of [65_534 - ssrc, 65_535, 0, 1]) {
        const packet = voice(seq, ssrc);
        expect(plain(there.unprotectRtp(here.protectRtp(packet)))).toEqual(packet);
      }
      expect(there.unprotectRtcp(here.protectRtcp(report(ssrc)))).toBeDefined();
    }
    expect(() => here.protectRtp(voice(1, maxSources))).toThrow(RangeError);
    expect(() => here.protectRtcp(report(maxSources))).toThrow(RangeError);
    expect(there.unprotectRtp(here.protectRtp(voice(2, 0)))).toBeDefined();
  });

  test("hears source after source, forgets the one that was silent the longest, and says so", () => {
    const master = { key: random(16), salt: random(saltBytes[profile]) };
    let forgotten = 0;
    const there = srtpCipher({ profile, local: master, remote: master }, () => {
      forgotten += 1;
    });
    const heard = { rtp: 0, rtcp: 0 };
    for (let ssrc = 0; ssrc < maxSources + 20; ssrc += 1) {
      const here = srtpCipher({ profile, local: master, remote: master });
      if (there.unprotectRtp(here.protectRtp(voice(1, ssrc))) !== undefined) heard.rtp += 1;
      if (there.unprotectRtcp(here.protectRtcp(report(ssrc))) !== undefined) heard.rtcp += 1;
    }
    expect({ heard, forgotten }).toEqual({ heard: { rtp: maxSources + 20, rtcp: maxSources + 20 }, forgotten: 40 });
  });

  test("keeps the source in use and its replay list through a flood of other sources", () => {
    const master = { key: random(16), salt: random(saltBytes[profile]) };
    const there = srtpCipher({ profile, local: master, remote: master });
    const speaker = srtpCipher({ profile, local: master, remote: master });
    const sent = sealed(speaker, [65_534, 65_535, 0]).map(({ bytes }) => bytes);
    for (const bytes of sent) expect(there.unprotectRtp(bytes)).toBeDefined();
    for (let ssrc = 0; ssrc < 2 * maxSources; ssrc += 1) {
      const here = srtpCipher({ profile, local: master, remote: master });
      expect(there.unprotectRtp(here.protectRtp(voice(1, ssrc)))).toBeDefined();
      if (ssrc % 500 === 0) expect(there.unprotectRtp(speaker.protectRtp(voice(1 + ssrc / 500)))).toBeDefined();
    }
    for (const bytes of sent) expect(there.unprotectRtp(bytes)).toBeUndefined();
    expect(there.unprotectRtp(speaker.protectRtp(voice(9)))).toBeDefined();
  });

  test.each([
    ["before anything was heard", []],
    ["while nothing arrived", [40_000]],
  ])("opens what follows when the peer passed the end of its sequence %s", (_, heard) => {
    const { here, there } = pair(profile);
    for (const { bytes } of sealed(here, heard)) expect(there.unprotectRtp(bytes)).toBeDefined();
    const unheard = Array.from({ length: 26 }, (_, step) => 40_100 + 1000 * step);
    const lost = sealed(here, [...unheard, 65_535, 0, 9000]);
    for (const { packet, bytes } of sealed(here, [9001, 9002, 41_000, 65_535, 0])) {
      expect(plain(there.unprotectRtp(bytes))).toEqual(packet);
      expect(there.unprotectRtp(bytes)).toBeUndefined();
    }
    for (const { bytes } of lost) expect(there.unprotectRtp(bytes)).toBeUndefined();
  });

  test("gives nothing for any bytes, without an exception", () => {
    const { there } = pair(profile);
    for (let count = 0; count < 5000; count += 1) {
      const bytes = random((count * 7) % 1600);
      if (count % 2 === 0 && bytes.length > 0) bytes[0] = 0x80 | (bytes[0]! & 0x3f);
      expect(there.unprotectRtp(bytes)).toBeUndefined();
      expect(there.unprotectRtcp(bytes)).toBeUndefined();
    }
    expect(there.unprotectRtp(new Uint8Array(70_000).fill(0x80))).toBeUndefined();
    expect(there.unprotectRtcp(new Uint8Array(70_000).fill(0x80))).toBeUndefined();
  });

  test("protects the longest packet and throws for what is none", () => {
    const { here } = pair(profile);
    const longest = makeRtp({ payloadType: 0, seq: 1, timestamp: 0, ssrc: 1 }, random(1488));
    expect(here.protectRtp(longest)).toHaveLength(1500 + tagBytes[profile]);
    expect(() => here.protectRtp(Uint8Array.of(...longest, 0))).toThrow(RangeError);
    expect(() => here.protectRtp(longest.subarray(0, 11))).toThrow(RangeError);
    expect(() => here.protectRtp(Uint8Array.of(0x90, ...new Uint8Array(11), 0, 0, 0, 1))).toThrow(RangeError);
    expect(() => here.protectRtcp(Uint8Array.of(0x80, 200, 0, 0))).toThrow(RangeError);
    expect(() => here.protectRtcp(new Uint8Array(1501).fill(0x80))).toThrow(RangeError);
  });

  test("encrypts equal payloads differently from packet to packet", () => {
    const { here } = pair(profile);
    const silence = new Uint8Array(160).fill(0xff);
    const texts = [1, 2, 65_535, 0, 1].map((seq) => {
      const bytes = here.protectRtp(makeRtp({ payloadType: 0, seq, timestamp: 0, ssrc: 5 }, silence));
      return Buffer.from(bytes.subarray(12, 172)).toString("hex");
    });
    expect(new Set(texts).size).toBe(texts.length);
  });
});

test("the short tag is the beginning of the long one, and of RTCP alone there is no short one", () => {
  const keys = { local: { key: random(16), salt: random(14) }, remote: { key: random(16), salt: random(14) } };
  const long = srtpCipher({ profile: "AES_CM_128_HMAC_SHA1_80", ...keys });
  const short = srtpCipher({ profile: "AES_CM_128_HMAC_SHA1_32", ...keys });
  const packet = voice(65_535);
  expect(plain(short.protectRtp(packet))).toEqual(plain(long.protectRtp(packet).subarray(0, -6)));
  rtp.setSeq(packet, 0);
  expect(plain(short.protectRtp(packet))).toEqual(plain(long.protectRtp(packet).subarray(0, -6)));
  expect(plain(short.protectRtcp(report()))).toEqual(plain(long.protectRtcp(report())));
});
