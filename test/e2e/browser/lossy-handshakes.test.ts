import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserLeg, type MediaRelay, relayOnWorkers } from "@trunkline/media-relay";
import { expect, onTestFinished, test } from "vitest";
import { openChromium } from "../../harness/browser/chromium.ts";
import { openFirefox } from "../../harness/browser/firefox.ts";
import type { WebPage } from "../../harness/browser/page.ts";
import { testNetwork } from "../../harness/network.ts";
import { LossyPath } from "./lossy-path.ts";

const network = `${testNetwork()}.1`;
const setUps = 8;
/** Paths, and how many of the set-ups may run into their limit of 20 s: where a fifth is lost, chance still decides. */
const paths = [
  { loss: 0.05, mayFail: 0 },
  { loss: 0.1, mayFail: 1 },
  { loss: 0.2, mayFail: 2 },
] as const;
/** Half a minute where nothing else runs. */
const timeoutMs = 180_000;

/** Connections of the page, by number. */
declare const connections: RTCPeerConnection[];

const openPage = {
  Chromium: async (url: string) => {
    const { context, close } = await openChromium();
    onTestFinished(close);
    const page = await context.newPage();
    await page.goto(url);
    return page as unknown as WebPage;
  },
  Firefox: async (url: string) => {
    const { newPage, close } = await openFirefox();
    onTestFinished(close);
    return newPage(url);
  },
};

/** A page with audio to send, and a relay. */
async function place(name: keyof typeof openPage) {
  const server = createServer((_, response) => response.end("<!doctype html><title>loss</title>")).listen(0, network);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const page = await openPage[name](`http://${network}:${(server.address() as AddressInfo).port}/`);
  await page.evaluate(() => void Object.assign(globalThis, { connections: [] }), undefined);
  const relay = await relayOnWorkers({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_199] },
    workers: 1,
  });
  onTestFinished(() => relay.close());
  return { page, relay };
}

const offerOf = (page: WebPage, index: number): Promise<string> =>
  page.evaluate(async (at) => {
    const connection = new RTCPeerConnection();
    connections[at] = connection;
    connection.addTransceiver("audio");
    await connection.setLocalDescription(await connection.createOffer());
    return connection.localDescription!.sdp;
  }, index);

const takeAnswer = (page: WebPage, index: number, sdp: string): Promise<void> =>
  page.evaluate(([at, answer]) => connections[at]!.setRemoteDescription({ type: "answer", sdp: answer }), [
    index,
    sdp,
  ] as const);

const answerOf = (page: WebPage, index: number, sdp: string): Promise<string> =>
  page.evaluate(
    async ([at, offer]) => {
      const connection = new RTCPeerConnection();
      connections[at] = connection;
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      await connection.setLocalDescription(await connection.createAnswer());
      return connection.localDescription!.sdp;
    },
    [index, sdp] as const,
  );

async function describe(page: WebPage, leg: BrowserLeg, who: string, index: number, loss: number): Promise<void> {
  const through = async (sdp: string): Promise<string> => {
    const [, host = "", port = ""] = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/m.exec(sdp)!;
    const path = await LossyPath.open(network, { address: host, port: Number(port) }, loss, index * 1000 + 7);
    onTestFinished(() => path.close());
    return sdp.replaceAll(`${host} ${port} typ`, `${network} ${path.port} typ`);
  };
  if (who === "the browser offers") {
    const offer = await offerOf(page, index);
    await takeAnswer(page, index, await through(await leg.answer(offer)));
  } else await leg.accept(await answerOf(page, index, await through(await leg.offer())));
}

/** Sets a call up; resolves with what the leg reported. */
async function setUp(relay: MediaRelay, page: WebPage, who: string, index: number, loss: number): Promise<string> {
  const reported = Promise.withResolvers<string>();
  const session = await relay.open({
    onConnected: () => reported.resolve("connected"),
    onFailed: (_, why) => reported.resolve(why),
  });
  await describe(page, await session.browserLeg(), who, index, loss);
  return reported.promise;
}

test.each(["Chromium", "Firefox"] as const)(
  "%s connects over paths that lose 5 to 20 %",
  async (name) => {
    const { page, relay } = await place(name);
    for (const who of ["the browser offers", "the relay offers"]) {
      for (const { loss, mayFail } of paths) {
        const indexes = Array.from({ length: setUps }, (_, index) => index);
        const reported = await Promise.all(indexes.map((index) => setUp(relay, page, who, index, loss)));
        const failed = reported.filter((what) => what !== "connected");
        expect(failed.length, `${who}, loss ${loss}: ${failed}`).toBeLessThanOrEqual(mayFail);
        await page.evaluate(() => {
          for (const connection of connections.splice(0)) connection.close();
        }, undefined);
      }
    }
  },
  timeoutMs,
);
