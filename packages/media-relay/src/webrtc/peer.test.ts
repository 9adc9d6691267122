import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RTCPeerConnection } from "werift";
import { Peer } from "./peer.ts";
import { askNoStunServer } from "./werift-inside.ts";

const hosts = [{ host: "10.0.0.1", local: { address: "10.0.0.1", port: 20_000 } }];
const user = { send: () => {}, onKeys: () => {}, onPath: () => {}, onFailed: () => {}, onRefused: () => {} };
const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;

let offer = "";
let browser: RTCPeerConnection;
beforeEach(async () => {
  browser = new RTCPeerConnection({ iceServers: [], iceUseIpv6: false });
  browser.addTransceiver("audio");
  askNoStunServer(browser);
  await browser.setLocalDescription(await browser.createOffer());
  offer = browser.localDescription!.sdp;
});
afterEach(() => browser.close());

test("a handshake that is closed at any step of its description leaves no timer behind", async () => {
  const before = timers();
  for (let steps = 0; steps < 80; steps += 1) {
    let closed = 0;
    const peer = new Peer({ hosts, ssrc: 1 }, user, () => {
      closed += 1;
    });
    const answering = peer.answer(offer).catch(() => {});
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    await peer.close();
    await answering;
    expect(closed).toBe(1);
  }
  // A search for a path looks again each 20 ms. Nothing may wait beside this: it would be counted.
  for (let look = 0; look < 100 && timers() > before; look += 1) await setTimeout(20);
  expect(timers()).toBeLessThanOrEqual(before);
});
