import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type LegId, type MediaRelay, relayOnWorkers, type SrtpProfile } from "@trunkline/media-relay";
import { bodyText, type IncomingCall, sdpBody, udpTransport, userAgent } from "@trunkline/sip-stack";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { arrivalOf, goldenSound } from "../harness/audio/golden.ts";
import { faultsOfMelody, melody } from "../harness/audio/melody.ts";
import { decodeMuLaw } from "../harness/audio/mu-law.ts";
import { between } from "../harness/audio/sound.ts";
import { callerOn, type Frame } from "../harness/browser/caller.ts";
import { type Browser, openChromium } from "../harness/browser/chromium.ts";
import type { WebPage } from "../harness/browser/page.ts";
import { testNetwork } from "../harness/network.ts";
import { Baresip } from "../harness/phones/baresip.ts";
import { Linphonec } from "../harness/phones/linphonec.ts";
import type { Phone } from "../harness/phones/phone.ts";
import { browserEnd } from "./browser/ends.ts";
import { keys } from "./peers/key-presses.ts";
import { PlainParty } from "./peers/plain-party.ts";
import type { Subscriber } from "./peers/subscriber.ts";

const network = testNetwork();
const address = `${network}.1`;
const levelDbfs = -20;
const rateHz = 8000;
/** So many frames before anything is measured, while jitter buffers find their length; then so many of talk alone. */
const [settlingFrames, talkFrames] = [100, 200];

const phones = [
  ["baresip with keys in the SDP", Baresip, "AES_CM_128_HMAC_SHA1_80", "127.0.0.1"],
  ["linphonec in clear", Linphonec, undefined, undefined],
] as const;

let chromium: Browser;
let relay: MediaRelay;
let pages: Server;
beforeAll(async () => {
  pages = createServer((_, response) => response.end("<!doctype html><title>Caller</title>")).listen(0, address);
  await once(pages, "listening");
  [chromium, relay] = await Promise.all([
    openChromium({ microphone: melody(levelDbfs) }),
    relayOnWorkers({
      plain: { bind: address, ports: [10_000, 10_099] },
      browser: { hosts: [address], ports: [20_000, 20_099] },
    }),
  ]);
});
afterAll(async () => {
  expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, handshakes: 0 });
  await Promise.all([chromium.close(), relay.close()]);
  pages.close();
});

/** A page, and a session of the relay with a leg for it and one for whoever calls. */
async function scene(subscriber: Subscriber) {
  const digits: { readonly leg: LegId; readonly digit: string; readonly durationMs: number }[] = [];
  const session = await relay.open({ onDigit: (leg, digit, durationMs) => digits.push({ leg, digit, durationMs }) });
  const page = await chromium.context.newPage();
  await page.goto(`http://${address}:${(pages.address() as AddressInfo).port}/`);
  const browser = await browserEnd(session, await callerOn(page as WebPage), "answers");
  const party = await PlainParty.in(session, subscriber);
  await session.join(browser.leg, party.leg.id);
  const ended = Promise.withResolvers<void>();
  const ignored = { onOffer: () => {}, onAnswer: () => {}, onRequest: () => {} };
  const onCall = (call: IncomingCall): void => {
    call.attach({ ...ignored, onEnded: () => ended.resolve() });
    void party.answer(bodyText(call.invite) ?? "").then((answer) => call.answer(sdpBody(answer)));
  };
  const agent = userAgent({
    transports: [udpTransport({ bind: { address, port: 5060 } })],
    user: { onCall, onRequest: (request) => request.respond(405) },
  });
  await agent.listen();
  onTestFinished(async () => {
    await session.close();
    await browser.close();
    await agent.close();
  });
  const of = (wanted: LegId) => digits.filter(({ leg }) => leg === wanted).map(({ leg: _, ...digit }) => digit);
  return {
    browser,
    ended: ended.promise,
    pressedOn: { phone: () => of(party.leg.id), browser: () => of(browser.leg) },
  };
}

const until = (expectation: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(expectation, { timeout: 25_000, interval: 100 });

async function pressAll(phone: Phone, told: () => readonly unknown[]): Promise<void> {
  for (const [at, key] of [...phone.keys].entries()) {
    phone.press(key);
    await until(() => expect(told().length).toBeGreaterThan(at));
  }
}

const soundOf = (frames: readonly Frame[]) => ({
  rateHz,
  samples: decodeMuLaw(Buffer.concat(frames.map(({ payload }) => Buffer.from(payload, "base64")))),
});

test.each(phones)(
  "%s and Chromium hear each other whole, and every key of either comes once",
  async (_, kind, profile, speaksFrom) => {
    const says = goldenSound(40, 1);
    const name = "desk";
    const phone: Phone = new kind({ name, address: `${network}.10`, says, encrypted: profile !== undefined });
    onTestFinished(() => phone.abandon());
    await phone.ready;
    const subscriber = {
      name,
      address: `${network}.10`,
      ...(profile && { profile: profile as SrtpProfile }),
      ...(speaksFrom && { speaksFrom }),
    };
    const { browser, ended, pressedOn } = await scene(subscriber);
    phone.dial(`sip:browser@${address}:5060`);
    const hasHeard = (frames: number): Promise<void> =>
      until(async () => expect((await browser.counts()).frames).toBeGreaterThanOrEqual(frames));
    await hasHeard(settlingFrames + talkFrames);
    const { heard } = await browser.account();
    await pressAll(phone, pressedOn.phone);
    await browser.press(keys);
    await until(() => expect(phone.heardKeys.length).toBeGreaterThanOrEqual(keys.length));
    await hasHeard((await browser.counts()).frames + settlingFrames);
    const { presses } = await browser.account();
    phone.hangUp();
    await ended;
    const heardByPhone = await phone.stop();

    const { frameDbs } = arrivalOf(says, soundOf(heard.slice(settlingFrames, settlingFrames + talkFrames)));
    expect(frameDbs.filter((db) => db < 30)).toEqual([]);
    expect(faultsOfMelody(between(heardByPhone, 2000, 5500), levelDbfs)).toEqual([]);
    expect(pressedOn.phone()).toEqual([...phone.keys].map((digit) => ({ digit, durationMs: phone.pressMs })));
    // linphonec repeats the end of a press as copies of one packet: copies are not passed on.
    expect(presses).toEqual(
      [...phone.keys].map((key) => ({ key, durationMs: phone.pressMs, ends: expect.any(Number) })),
    );
    expect(Math.min(...presses.map(({ ends }) => ends))).toBeGreaterThan(0);
    expect(pressedOn.browser()).toEqual([...keys].map((digit) => ({ digit, durationMs: 100 })));
    expect(phone.heardKeys.join("")).toBe(keys);
  },
);
