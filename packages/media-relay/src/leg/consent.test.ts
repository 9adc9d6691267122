import { describe, expect, test } from "vitest";
import type { Address } from "../kernel/datagrams.ts";
import { messageType } from "../stun/message.ts";
import { isAuthenticRequest, readBindingRequest } from "../stun/request.ts";
import { writeSuccess } from "../stun/write.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { writeForbidden } from "../testing/forbidden.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";
import { Consent } from "./consent.ts";

const path: ChosenPath = {
  host: 0,
  to: { address: "10.1.0.1", port: 4000 },
  ours: { fragment: "ours", password: "our password" },
  theirs: { fragment: "them", password: "their password" },
  role: "controlled",
  tieBreaker: 7n,
};
const us: Address = { address: "10.0.0.1", port: 20_000 };

/** Consent whose questions are answered as the test says. */
function asking(seed: number, answerTo: (request: Uint8Array) => Uint8Array | undefined) {
  const clock = new FakeClock();
  const asked: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  const lost: number[] = [];
  const ways: string[] = [];
  const interrupted: number[] = [];
  const consent = new Consent(path, clock, seededRandom(seed), {
    send: (bytes) => {
      asked.push({ atMs: clock.nowMs(), bytes });
      const answer = answerTo(bytes);
      if (answer !== undefined) consent.take(answer);
    },
    onInterrupted: () => interrupted.push(clock.nowMs()),
    onLost: (how) => {
      lost.push(clock.nowMs());
      ways.push(how);
    },
  });
  return { clock, asked, lost, ways, interrupted, consent };
}

const agree = (request: Uint8Array): Uint8Array => writeSuccess(request, us, path.theirs.password);
const silent = (): undefined => undefined;

describe("consent", () => {
  test.each([1, 2, 3])("is asked every four to six seconds, and kept while it is answered (seed %i)", async (seed) => {
    const { clock, asked, lost, consent } = asking(seed, agree);
    await clock.advance(300_000);
    const pauses = asked.slice(1).map(({ atMs }, index) => atMs - asked[index]!.atMs);
    expect(pauses.every((ms) => ms >= 4000 && ms <= 6000)).toBe(true);
    expect(new Set(pauses).size).toBeGreaterThan(10);
    expect(lost).toEqual([]);
    consent.close();
    expect(clock.pending).toBe(0);
  });

  test("is asked by a request that names both sides, with the peer's password, and nominates nothing", async () => {
    const { clock, asked } = asking(1, agree);
    await clock.advance(6000);
    const { bytes } = asked[0]!;
    const request = readBindingRequest(bytes)!;
    expect(request).toMatchObject({ fragment: "them", role: "controlled", isStrange: false });
    expect(isAuthenticRequest(bytes, request, () => path.theirs.password)).toBe(true);
    expect(new Set(asked.map((one) => String(one.bytes.subarray(8, 20)))).size).toBe(asked.length);
  });

  test("is lost thirty seconds after the last answer, once, and is then asked no more", async () => {
    let answered = 0;
    const { clock, asked, lost } = asking(1, (request) => (++answered <= 3 ? agree(request) : undefined));
    await clock.advance(120_000);
    expect(lost).toEqual([asked[2]!.atMs + 30_000]);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["made with another password", (request: Uint8Array) => writeSuccess(request, us, "guessed")],
    ["an error", (request: Uint8Array) => withType(agree(request), messageType.failure)],
    ["to another question", (request: Uint8Array) => agree(Uint8Array.from(request, (octet) => octet ^ 1))],
    ["none", silent],
  ])("is not renewed by an answer that is %s", async (_, answerTo) => {
    const { clock, lost } = asking(1, answerTo);
    await clock.advance(31_000);
    expect(lost).toEqual([30_000]);
  });

  test.each([
    [403, "their password", ["revoked"]],
    [403, "guessed", []],
    [400, "their password", []],
    [487, "their password", []],
  ])("is revoked by an authentic 403 alone: %i with %s", async (code, password, ways) => {
    const scene = asking(1, (request) => writeForbidden(request, password, code));
    await scene.clock.advance(20_000);
    expect(scene.ways).toEqual(ways);
    expect(scene.clock.pending > 0).toBe(ways.length === 0);
  });

  test("that is not answered for some seconds is told once, and again after it was answered", async () => {
    let isAnswering = false;
    const { clock, interrupted, consent } = asking(1, (request) => (isAnswering ? agree(request) : undefined));
    await clock.advance(20_000);
    expect(interrupted).toHaveLength(1);
    expect(interrupted[0]).toBeLessThanOrEqual(12_000);
    isAnswering = true;
    await clock.advance(20_000);
    isAnswering = false;
    await clock.advance(20_000);
    expect(interrupted).toHaveLength(2);
    consent.close();
  });

  test("an answer counts once, and only an answer is taken", async () => {
    const { clock, asked, consent } = asking(1, silent);
    await clock.advance(6000);
    const answer = agree(asked[0]!.bytes);
    expect([consent.take(answer), consent.take(answer)]).toEqual([true, false]);
    expect(consent.take(agree(seededRandom(9)(20)))).toBe(false);
  });

  test("that is over takes nothing and reports nothing", async () => {
    const { clock, asked, lost, consent } = asking(1, silent);
    await clock.advance(6000);
    consent.close();
    consent.close();
    const before = asked.length;
    expect(consent.take(agree(asked[0]!.bytes))).toBe(false);
    await clock.advance(60_000);
    expect({ lost, asked: asked.length, pending: clock.pending }).toEqual({ lost: [], asked: before, pending: 0 });
  });
});

const withType = (message: Uint8Array, type: number): Uint8Array => {
  message.set([type >>> 8, type & 0xff]);
  return message;
};
