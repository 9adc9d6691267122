import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type MediaRelay, relayOnWorkers } from "@trunkline/media-relay";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keysIn } from "../../harness/audio/keys.ts";
import { faultsOfMelody, melody } from "../../harness/audio/melody.ts";
import { durationMs } from "../../harness/audio/sound.ts";
import { formatWav } from "../../harness/audio/wav.ts";
import { type Caller, callerOn, type Frame } from "../../harness/browser/caller.ts";
import { type Browser, openChromium } from "../../harness/browser/chromium.ts";
import { type Firefox, openFirefox } from "../../harness/browser/firefox.ts";
import type { WebPage } from "../../harness/browser/page.ts";
import { testNetwork } from "../../harness/network.ts";
import { keys, repetitions } from "../peers/key-presses.ts";
import { browserEnd, plainEnd, type Role } from "./ends.ts";
import { type Direction, leastFrames, type Party, type Talk, talk } from "./talk.ts";

const address = `${testNetwork()}.1`;
const levelDbfs = -20;
const frameMs = 20;

let chromium: Browser;
let firefox: Firefox;
let relay: MediaRelay;
/** An empty page that may use a microphone: without that a browser hides its addresses, and there are none but loopback's. */
let pages: Server;
let url: string;

const openCaller = {
  async Chromium() {
    const page = await chromium.context.newPage();
    await page.goto(url);
    return callerOn(page as WebPage);
  },
  Firefox: async () => callerOn(await firefox.newPage(url), formatWav(melody(levelDbfs))),
} as const satisfies Record<string, () => Promise<Caller>>;

const aBrowser = (name: keyof typeof openCaller, role: Role): Party => ({
  name,
  open: async (session) => browserEnd(session, await openCaller[name](), role),
});
const aPlainPeer: Party = { name: "a plain peer", open: (session) => plainEnd(session, address, levelDbfs) };

const calls = {
  "Chromium offers": [aBrowser("Chromium", "offers"), aPlainPeer],
  "Chromium answers": [aBrowser("Chromium", "answers"), aPlainPeer],
  "Firefox offers": [aBrowser("Firefox", "offers"), aPlainPeer],
  "Firefox answers": [aBrowser("Firefox", "answers"), aPlainPeer],
  "Chromium offers, Firefox answers": [aBrowser("Chromium", "offers"), aBrowser("Firefox", "answers")],
} as const satisfies Record<string, readonly [Party, Party]>;
type CallName = keyof typeof calls;
const callNames = Object.keys(calls) as CallName[];
const directions = callNames.flatMap((call) => {
  const [one, other] = calls[call];
  return [
    { call, way: 0, from: one.name, to: other.name },
    { call, way: 1, from: other.name, to: one.name },
  ] as const;
});
/** All calls at once. */
const talks = {} as Record<CallName, Promise<Talk>>;

beforeAll(async () => {
  pages = createServer((_, response) => response.end("<!doctype html><title>Caller</title>")).listen(0, address);
  await once(pages, "listening");
  url = `http://${address}:${(pages.address() as AddressInfo).port}/`;
  [chromium, firefox, relay] = await Promise.all([
    openChromium({ microphone: melody(levelDbfs) }),
    openFirefox(),
    relayOnWorkers({
      plain: { bind: address, ports: [10_000, 10_099] },
      browser: { hosts: [address], ports: [20_000, 20_099] },
      workers: 2,
    }),
  ]);
  for (const name of callNames) talks[name] = talk(relay, calls[name]);
  // Nothing is computed while they speak.
  await Promise.allSettled(Object.values(talks));
});
afterAll(async () => {
  expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, handshakes: 0 });
  await Promise.all([chromium.close(), firefox.close(), relay.close()]);
  pages.close();
});

/** How many frames, from the first on, were said in this order and at these distances in time, without one between them. */
function runOf(heard: readonly Frame[], said: readonly Frame[]): number {
  const [first] = heard;
  const runs = said.map((begin, from) => {
    const isAsSaid = ({ ticks, payload }: Frame, at: number): boolean => {
      const one = said[from + at];
      // RTP timestamps are circular.
      return one?.payload === payload && ((ticks - first!.ticks - (one.ticks - begin.ticks)) | 0) === 0;
    };
    const stray = heard.findIndex((frame, at) => !isAsSaid(frame, at));
    return stray === -1 ? heard.length : stray;
  });
  return Math.max(0, ...runs);
}

type Way = (typeof directions)[number];
const directionOf = async ({ call, way }: Way): Promise<Direction> => (await talks[call]).directions[way];

describe.each(directions)("$call: from $from to $to", (way) => {
  test("every frame arrives octet for octet, once, in order and in time", async () => {
    const { said, heard } = await directionOf(way);
    expect(heard.length).toBeGreaterThanOrEqual(leastFrames);
    expect(runOf(heard, said)).toBe(heard.length);
  });

  test("the melody is heard at its level, without slip or hole but for frames that the browser says it patched", async () => {
    const { soundOfTalk, adaptedMs } = await directionOf(way);
    expect(durationMs(soundOfTalk)).toBeGreaterThan(3000);
    expect(faultsOfMelody(soundOfTalk, levelDbfs).slice(Math.ceil(adaptedMs / frameMs))).toEqual([]);
  });

  test("each of the sixteen keys arrives once and is reported once", async () => {
    const { presses, reported } = await directionOf(way);
    expect(presses).toEqual([...keys].map((key) => ({ key, durationMs: 100, ends: repetitions })));
    expect(reported).toEqual([...keys].map((digit) => ({ digit, durationMs: 100 })));
  });
});

test.each(directions.filter(({ to }) => to !== aPlainPeer.name))(
  "$call: $to plays the tones of the keys in order",
  async (way) => {
    // A browser that is kept from its work may break a tone in two or leave one out; each key came once, as counted above.
    const played = keysIn((await directionOf(way)).soundOfKeys).replace(/(.)\1+/g, "$1");
    expect(played).toBe([...keys].filter((key) => played.includes(key)).join(""));
    expect(played.length).toBeGreaterThanOrEqual(keys.length - 3);
  },
);

test.each(callNames)("%s: nothing is lost or repeated on the way", async (name) => {
  const { statistics, directions } = await talks[name];
  for (const { received } of statistics) expect(received).toMatchObject({ lost: 0, duplicated: 0 });
  expect(directions.map(({ lost }) => lost)).toEqual([0, 0]);
});
