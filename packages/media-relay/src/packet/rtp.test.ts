import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { makeRtp, maxPacketBytes, rtp, rtpFault, rtpPayload } from "./rtp.ts";

const oracle = fileURLToPath(new URL("../../test/node-rtp-oracle.ts", import.meta.url));
const fields = { payloadType: 101, marker: true, seq: 0xabcd, timestamp: 0x7123_4567, ssrc: 0x1234_5678 };
const payload = Uint8Array.of(1, 2, 3, 4);

describe("an RTP packet", () => {
  test("gives back the fields it was made of", () => {
    const packet = makeRtp(fields, payload);
    expect(rtp.version(packet)).toBe(2);
    expect(rtp.marker(packet)).toBe(true);
    expect(rtp.payloadType(packet)).toBe(101);
    expect([rtp.seq(packet), rtp.timestamp(packet), rtp.ssrc(packet)]).toEqual([0xabcd, 0x7123_4567, 0x1234_5678]);
    expect(rtpPayload(packet)).toEqual(payload);
    expect(rtpFault(packet)).toBeUndefined();
  });

  test("keeps the largest numbers its fields can hold", () => {
    const packet = makeRtp({ payloadType: 127, seq: 0xffff, timestamp: 0xffff_ffff, ssrc: 0xffff_fffe }, payload);
    expect([rtp.seq(packet), rtp.timestamp(packet), rtp.ssrc(packet)]).toEqual([0xffff, 0xffff_ffff, 0xffff_fffe]);
    expect(rtp.marker(packet)).toBe(false);
  });

  test("has the header that an independent implementation writes", () => {
    const theirs = execFileSync(process.execPath, [oracle], { encoding: "utf8" });
    expect(Buffer.from(makeRtp({ ...fields, marker: false }, payload)).toString("hex")).toBe(theirs);
  });

  test("leaves contributing sources, an extension and padding out of its payload", () => {
    const packet = Uint8Array.of(
      ...[0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
      ...[9, 9, 9, 9],
      ...[0xbe, 0xde, 0, 1, 7, 7, 7, 7],
      ...[1, 2, 3, 4],
      ...[0, 0, 3],
    );
    expect(rtpFault(packet)).toBeUndefined();
    expect(rtpPayload(packet)).toEqual(payload);
  });
});

describe("a datagram that is no RTP packet", () => {
  test.each([
    ["too-short", new Uint8Array(0)],
    ["too-short", new Uint8Array(11).fill(0x80)],
    ["oversized", new Uint8Array(maxPacketBytes + 1).fill(0x80)],
    ["not-rtp-version-2", new Uint8Array(20)],
    ["malformed", Uint8Array.of(0x81, ...new Uint8Array(11))],
    ["malformed", Uint8Array.of(0x90, ...new Uint8Array(12))],
    ["malformed", Uint8Array.of(0xa0, ...new Uint8Array(11), 1, 2, 3, 0)],
    ["malformed", Uint8Array.of(0xa0, ...new Uint8Array(11), 1, 2, 3, 5)],
  ])("is %s", (reason, bytes) => {
    expect(rtpFault(bytes)).toBe(reason);
  });

  test("of any bytes never makes reading throw", () => {
    const random = seededRandom(11);
    for (let count = 0; count < 20_000; count += 1) {
      const bytes = random(random(1)[0]! % 64);
      if (rtpFault(bytes) === undefined) expect(rtpPayload(bytes).length).toBeLessThan(bytes.length);
    }
  });

  test.each([
    ["nothing but a header", Uint8Array.of(0x80, ...new Uint8Array(11))],
    ["nothing but padding", Uint8Array.of(0xa0, ...new Uint8Array(11), 1, 2, 3, 4)],
  ])("is not one with %s, which is how some keep their path open", (_, bytes) => {
    expect(rtpFault(bytes)).toBeUndefined();
    expect(rtpPayload(bytes)).toHaveLength(0);
  });
});
