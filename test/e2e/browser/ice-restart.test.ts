import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserLeg, type MediaRelay, relayOnWorkers } from "@trunkline/media-relay";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Browser, openChromium } from "../../harness/browser/chromium.ts";
import { recordingsOf } from "../../harness/browser/page.ts";
import { testNetwork } from "../../harness/network.ts";
import { type Ear, fromNow, hears, microphone, voice } from "./hears.ts";

const network = `${testNetwork()}.1`;

/** The page's connection. */
declare const pc: RTCPeerConnection;

let browser: Browser;
let relay: MediaRelay;
/** An empty page that may use a microphone: without one a browser hides its addresses, and there are none but loopback's. */
let pages: Server;
let url: string;
beforeAll(async () => {
  browser = await openChromium({ microphone });
  relay = await relayOnWorkers({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_099] },
    workers: 1,
  });
  pages = createServer((_, response) => response.end("<!doctype html><title>ICE</title>")).listen(0, network);
  await once(pages, "listening");
  url = `http://${network}:${(pages.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await browser.close();
  await relay.close();
  pages.close();
});

/** A page with one connection that says what its microphone hears, and what the test asks of it. */
async function openPage() {
  const page = await browser.context.newPage();
  await page.goto(url);
  await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const connection = new RTCPeerConnection();
    connection.addTrack(stream.getAudioTracks()[0]!, stream);
    const sound = new Audio();
    connection.addEventListener("track", ({ track }) => {
      sound.srcObject = new MediaStream([track]);
      void sound.play();
    });
    Object.assign(globalThis, { pc: connection, sound });
  });
  return {
    ear: (async () => (await recordingsOf(page)).at(-1) ?? { rateHz: 8000, samples: new Float32Array() }) as Ear,
    offer: (iceRestart: boolean) =>
      page.evaluate(async (restart) => {
        await pc.setLocalDescription(await pc.createOffer({ iceRestart: restart }));
        return pc.localDescription!.sdp;
      }, iceRestart),
    accept: (sdp: string) => page.evaluate((text) => pc.setRemoteDescription({ type: "answer", sdp: text }), sdp),
    answer: (sdp: string) =>
      page.evaluate(async (text) => {
        await pc.setRemoteDescription({ type: "offer", sdp: text });
        await pc.setLocalDescription(await pc.createAnswer());
        return pc.localDescription!.sdp;
      }, sdp),
    /** The user fragment on the path in use: another one for each time that ICE is begun. */
    fragment: () =>
      page.evaluate(
        () => pc.getReceivers()[0]!.transport!.iceTransport.getSelectedCandidatePair()?.local?.usernameFragment,
      ),
    close: () => page.close(),
  };
}
type Page = Awaited<ReturnType<typeof openPage>>;

async function negotiate(who: string, page: Page, leg: BrowserLeg, iceRestart: boolean): Promise<void> {
  if (who === "the browser") await page.accept(await leg.answer(await page.offer(iceRestart)));
  else await leg.accept(await page.answer(await leg.offer({ iceRestart })));
}

test.each([
  ["the browser", "the browser"],
  ["the browser", "the relay"],
  ["the relay", "the browser"],
  ["the relay", "the relay"],
])("a call that %s offered goes on over another path when %s begins ICE anew", async (first, second) => {
  const failed: string[] = [];
  const session = await relay.open({ onFailed: (_, why) => failed.push(why) });
  const [leg, echo] = [await session.browserLeg(), await session.sourceLeg({ kind: "echo" })];
  await session.join(leg.id, echo.id);
  const page = await openPage();
  await negotiate(first, page, leg, false);
  await hears(page.ear, [voice.hz], 1000);
  const before = await page.fragment();
  await negotiate(second, page, leg, true);
  await expect.poll(page.fragment, { timeout: 15_000 }).not.toBe(before);
  await hears(await fromNow(page.ear), [voice.hz], 1000);
  expect(failed).toEqual([]);
  await page.close();
  await session.close();
  expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, handshakes: 0 });
});
