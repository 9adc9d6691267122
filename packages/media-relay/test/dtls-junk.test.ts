import { describe, expect, test } from "vitest";
import { handshakeType } from "../src/dtls/handshake-message.ts";
import type { Side } from "../src/dtls/key-schedule.ts";
import { contentType, writeRecord } from "../src/dtls/record.ts";
import { seededRandom } from "../src/testing/index.ts";
import { dtlsPair, inClear, type Path, rewrite, spoilt } from "./dtls-pair.ts";

const away = 60_000;
const random = seededRandom(11);

const record = (type: number, epoch: number, body: Uint8Array): Uint8Array =>
  writeRecord({ type, version: 0xfefd, epoch, sequence: 2 ** 48 - 1, body });
const hello = (octets: number): Uint8Array =>
  inClear({ type: handshakeType.clientHello, seq: 0, body: random(octets) });

/** A part of a message that says it is larger than its whole. */
const fragmentBeyond = Uint8Array.of(1, 0, 0, 4, 0, 0, 0, 0, 2, 0, 0, 4, 1, 2, 3, 4);

/** What anybody who knows both addresses can send, and why it is refused. */
const junk: readonly (readonly [string, string, Uint8Array])[] = [
  ["a ClientHello of zeros", "dtls-malformed", inClear({ type: 1, seq: 0, body: new Uint8Array(4) })],
  ["a ClientHello of random octets", "dtls-malformed", hello(200)],
  ["a fatal alert in clear", "dtls-alert-in-clear", record(contentType.alert, 0, Uint8Array.of(2, 40))],
  ["a goodbye in clear", "dtls-alert-in-clear", record(contentType.alert, 0, Uint8Array.of(1, 0))],
  ["a Finished in clear", "dtls-unexpected", inClear({ type: 20, seq: 5, body: random(12) })],
  ["a HelloRequest", "dtls-unexpected", inClear({ type: 0, seq: 0, body: new Uint8Array(0) })],
  ["application data in clear", "dtls-unexpected", record(contentType.applicationData, 0, random(30))],
  ["a record of a later epoch", "dtls-unexpected", record(contentType.handshake, 9, random(30))],
  ["an empty handshake record", "dtls-malformed", record(contentType.handshake, 0, new Uint8Array(0))],
  ["a fragment beyond its message", "dtls-malformed", record(contentType.handshake, 0, fragmentBeyond)],
  ["a record that is cut off", "dtls-malformed", record(contentType.handshake, 0, random(40)).subarray(0, 30)],
  ["a record of another version", "dtls-malformed", Uint8Array.of(22, 3, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0)],
  ["a message far ahead", "dtls-over-limit", inClear({ type: 11, seq: 500, body: random(20) })],
  ["a message of 100,000 octets", "dtls-over-limit", inClear({ type: 11, seq: 3, body: new Uint8Array(100_000) })],
];

describe("junk from the browser's address during the handshake", () => {
  test.each(junk)(
    "%s before each genuine datagram is discarded and counted, and both connect",
    async (name, why, octets) => {
      const path: Path = (side, datagram) => (side === "client" ? [octets, datagram] : [datagram]);
      const pair = dtlsPair({ path });
      await pair.clock.advance(away);
      expect(pair.server.keys).toHaveLength(1);
      expect(pair.client.keys).toHaveLength(1);
      if (name !== "a message far ahead") expect(pair.server.refused).toContain(why);
      expect(pair.clock.pending).toBe(0);
    },
  );

  test.each(junk)("%s before each of the server's datagrams does not hinder a client", async (_name, _why, octets) => {
    const pair = dtlsPair({ path: (side, datagram) => (side === "server" ? [octets, datagram] : [datagram]) });
    await pair.clock.advance(away);
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
  });

  test("a fatal alert in clear, after which the browser does not answer, is named as the reason", async () => {
    const alert = record(contentType.alert, 0, Uint8Array.of(2, 40));
    let sent = 0;
    const path: Path = (side, datagram) => {
      if (side === "server") return [datagram];
      sent += 1;
      return sent <= 2 ? [datagram] : [alert];
    };
    const pair = dtlsPair({ path });
    await pair.clock.advance(away);
    expect(pair.server.failed).toEqual(["DTLS failed: the browser stopped answering after alert 40"]);
  });

  test("a well-formed hello from another sender does not invalidate the browser's cookie", async () => {
    const stranger: Path = (side, datagram) =>
      side === "client"
        ? [rewrite(datagram, (one, type) => [type === 1 ? otherRandom(one) : one]), datagram]
        : [datagram];
    let first = true;
    const pair = dtlsPair({
      path: (side, datagram) => {
        const isFirst = first && side === "client";
        if (side === "client") first = false;
        return isFirst ? stranger(side, datagram) : [datagram];
      },
    });
    await pair.clock.advance(away);
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
  });
});

const otherRandom = <R extends { readonly body: Uint8Array }>(one: R): R => ({ ...one, body: one.body.with(20, 7) });

/** What is refused and comes again is taken: all but the hello with the cookie, and what Finished alone protects. */
const forgeable = {
  client: ["certificate", "clientKeyExchange", "certificateVerify"],
  server: ["helloVerifyRequest", "serverHello", "certificate", "serverKeyExchange"],
} as const;

describe("one forged message before the genuine one", () => {
  const cases = (["client", "server"] as const).flatMap((side) => forgeable[side].map((name) => [side, name] as const));
  test.each(cases)("from the %s, %s, costs at most a retransmission", async (from, name) => {
    const pair = dtlsPair({ path: forgingOnce(from, handshakeType[name]) });
    await pair.clock.advance(away);
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
    expect(pair.client.failed.concat(pair.server.failed)).toEqual([]);
  });
});

describe("what was rejected and has been replaced by the genuine message", () => {
  test("does not end a handshake that goes on after five seconds without a path", async () => {
    let [heard, brokenAtMs] = [0, 0];
    const pair = dtlsPair({
      path: (side, datagram) => {
        if (side !== "client") return [datagram];
        heard += 1;
        if (heard < 3) return [datagram];
        if (heard > 3) return pair.clock.nowMs() - brokenAtMs < 5500 ? [] : [datagram];
        brokenAtMs = pair.clock.nowMs();
        const certificate = (change: typeof spoilt) =>
          rewrite(datagram, (one, type) => (type === handshakeType.certificate ? [change(one)] : []));
        return [certificate(spoilt), certificate((one) => one)];
      },
    });
    await pair.clock.advance(away);
    expect(pair.server.refused).toContain("dtls-not-proved");
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
    expect(pair.server.failed).toEqual([]);
  });

  test("another cookie behind the genuine one does not replace the hello that the server has accepted", async () => {
    const forged = inClear({ type: 3, seq: 0, body: Uint8Array.of(0xfe, 0xff, 4, 1, 2, 3, 4) });
    const pair = dtlsPair({
      path: (side, datagram) => {
        const isAnswer = side === "server" && datagram[13] === handshakeType.serverHello;
        return isAnswer ? [forged, datagram] : [datagram];
      },
    });
    await pair.clock.advance(away);
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
    expect(pair.client.failed).toEqual([]);
  });
});

/** A changed copy of the first message of that type comes before it. */
function forgingOnce(from: Side, type: number): Path {
  let isDone = false;
  return (side, datagram) => {
    if (isDone || side !== from) return [datagram];
    const forged = rewrite(datagram, (one, found) => (found === type ? [spoilt(one)] : []));
    isDone = forged.length > 0;
    return isDone ? [forged, datagram] : [datagram];
  };
}

describe("what a handshake keeps", () => {
  test("is bounded, and a genuine handshake completes during a flood", async () => {
    const flood = (index: number): Uint8Array =>
      inClear({ type: [1, 11, 15, 16][index % 4]!, seq: index % 8, body: random(1 + (index % 900)) });
    let sent = 0;
    const pair = dtlsPair({
      path: (side, datagram) => {
        if (side === "server") return [datagram];
        sent += 200;
        return [...Array.from({ length: 200 }, (_, index) => flood(sent + index)), datagram];
      },
    });
    await pair.clock.advance(away);
    expect([pair.server.keys.length, pair.client.keys.length]).toEqual([1, 1]);
  });

  test("costs at most 20 answers to forged retransmissions during the handshake, none after it", async () => {
    const forged = inClear({ type: handshakeType.clientHello, seq: 0, body: new Uint8Array(40) });
    const answersTo = async (isStuck: boolean, isForging: boolean): Promise<number> => {
      let [answers, heard] = [0, 0];
      const path: Path = (side, datagram) => {
        if (side === "server") answers += 1;
        else heard += 1;
        return isStuck && heard > 2 ? [] : [datagram];
      };
      const pair = dtlsPair({ path });
      await pair.clock.advance(1000);
      for (let round = 0; round < 500; round += 1) {
        if (isForging) pair.inject("client", forged);
        await pair.clock.advance(20);
      }
      pair.close();
      return answers;
    };
    expect((await answersTo(true, true)) - (await answersTo(true, false))).toBe(20);
    expect((await answersTo(false, true)) - (await answersTo(false, false))).toBe(0);
  });
});
