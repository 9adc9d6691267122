import { describe, expect, test } from "vitest";
import { makeRtp } from "../src/testing/index.ts";
import { echoCall } from "./echo-call.ts";
import { frames, joinedPair } from "./memory-relay.ts";

const said = frames(40);
const rtpOf = (changes: { readonly first?: number; readonly length?: number } = {}): Uint8Array => {
  const packet = makeRtp({ payloadType: 0, seq: 1, timestamp: 1, ssrc: 0x1111_1111 }, new Uint8Array(160));
  packet[0] = changes.first ?? 0x80;
  return packet.subarray(0, changes.length ?? packet.length);
};
/** Goodbye in the name of a source, RFC 3550 section 6.6. */
const goodbyeOf = (ssrc: number): Uint8Array => {
  const bytes = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 0);
  for (const at of [4, 12]) new DataView(bytes.buffer).setUint32(at, ssrc);
  return bytes;
};

/** Datagrams with the sender's own address on them, and as what they are counted. */
const forged: readonly (readonly [what: string, reason: string, datagrams: readonly Uint8Array[]])[] = [
  ["every length that is too short", "too-short", Array.from({ length: 12 }, (_, length) => rtpOf({ length }))],
  ["another version", "not-rtp-version-2", [0x00, 0x40, 0xc0].map((first) => rtpOf({ first }))],
  ["more sources than it is long", "malformed", [rtpOf({ first: 0x8f, length: 60 })]],
  ["an extension that goes on beyond the end", "malformed", [rtpOf({ first: 0x90 }).fill(0xff, 12)]],
  ["padding that is longer than all of it", "malformed", [rtpOf({ first: 0xa0 }).fill(0xff, 171)]],
  ["padding of nothing", "malformed", [rtpOf({ first: 0xa0 })]],
  ["the largest that UDP carries", "oversized", [new Uint8Array(65_507).fill(0x80, 0, 1)]],
];

describe("in the middle of a call without encryption", () => {
  test.each(forged)("%s: every frame arrives as it was said, and each is counted", async (_, reason, datagrams) => {
    const { alice, bob, relay } = await joinedPair();
    for (const frame of said) {
      alice.say(frame);
      for (const datagram of datagrams) alice.sendRaw(datagram);
    }
    expect(bob.heard).toEqual(said);
    expect((await relay.counters()).refused).toEqual({ [reason]: said.length * datagrams.length });
  });

  test("media and goodbyes from elsewhere are refused, and a goodbye with the peer's address ends nothing", async () => {
    const { alice, bob, a, network, relay } = await joinedPair();
    const silent = { onDatagram: () => {}, onError: () => {} };
    const strangers = [
      await network.bind({ address: "10.9.9.9", port: 0 }, silent),
      await network.bind({ address: "10.1.0.1", port: 0 }, silent),
    ];
    const { address, rtpPort, rtcpPort } = a.local;
    for (const frame of said) {
      alice.say(frame);
      alice.report(goodbyeOf(alice.ssrc));
      for (const stranger of strangers) {
        stranger.send(rtpOf(), { address, port: rtpPort });
        stranger.send(goodbyeOf(alice.ssrc), { address, port: rtcpPort });
      }
    }
    expect(bob.heard).toEqual(said);
    expect((await relay.counters()).refused).toEqual({ "wrong-source": said.length * 4 });
  });
});

const withEcho = (profile: "aes-cm" | "aes-gcm") =>
  echoCall(profile === "aes-cm" ? "127.46.0.2" : "127.46.0.3", profile);

describe.each(["aes-cm", "aes-gcm"] as const)("in the middle of a browser's call with %s", (profile) => {
  test("packets again, changed, in clear, and goodbyes with its address: every frame comes back, and each is counted", async () => {
    const { relay, browser } = await withEcho(profile);
    const before = (await relay.counters()).refused["not-authentic"] ?? 0;
    for (const [at, frame] of said.entries()) {
      const fields = { payloadType: 0, seq: 100 + at, timestamp: at * 160, ssrc: browser.ssrc };
      const sealed = browser.protect(makeRtp(fields, frame));
      for (const bytes of [sealed, sealed, sealed.with(20, sealed[20]! ^ 1), rtpOf(), goodbyeOf(browser.ssrc)]) {
        browser.sendRaw(bytes);
      }
      await browser.hearing(at + 1);
    }
    expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
    await expect.poll(async () => (await relay.counters()).refused["not-authentic"]).toBe(before + said.length * 4);
  });

  test("forged checks of connectivity take the call nowhere, and each is counted", async () => {
    const { relay, browser } = await withEcho(profile);
    const check = (length: number): Uint8Array => {
      const bytes = new Uint8Array(20 + length).fill(7, 8);
      bytes.set([0, 1, length >> 8, length & 0xff, 0x21, 0x12, 0xa4, 0x42]);
      return bytes;
    };
    const attribute = (type: number, length: number, declared = length): Uint8Array => {
      const bytes = check(4 + length);
      new DataView(bytes.buffer).setUint32(20, type * 0x1_0000 + declared);
      return bytes;
    };
    const checks = [
      check(0),
      attribute(0x0006, 508),
      attribute(0x0008, 20),
      attribute(0x0025, 0),
      attribute(6, 8, 0xffff),
    ];
    for (const [at, frame] of said.entries()) {
      for (const bytes of checks) browser.sendRaw(bytes);
      const fields = { payloadType: 0, seq: 100 + at, timestamp: at * 160, ssrc: browser.ssrc };
      browser.sendRaw(browser.protect(makeRtp(fields, frame)));
      await browser.hearing(at + 1);
    }
    expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
    const { refused } = await relay.counters();
    expect((refused["stun-not-authentic"] ?? 0) + (refused.malformed ?? 0)).toBe(said.length * checks.length);
  });
});
