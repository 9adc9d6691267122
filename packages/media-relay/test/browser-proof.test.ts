import { afterEach, beforeEach, expect, test } from "vitest";
import { CipherContext, RTCCertificate } from "werift";
import { type Address, type DatagramSocket, type MediaRelay, relayInProcess, systemDatagrams } from "../src/index.ts";
import { seededRandom } from "../src/testing/index.ts";
import { inClear } from "./dtls-pair.ts";
import { frames } from "./memory-relay.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const network = "127.47.0.1";
const ecdsa = { signature: 3, hash: 4 } as const;
const handshakeRecord = 22;

let relay: MediaRelay;
let browser: WeriftBrowser;
let sockets: DatagramSocket[];
beforeEach(() => {
  relay = relayInProcess({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_099] },
  });
  browser = new WeriftBrowser();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
  await Promise.all([relay.close(), browser.close()]);
});

/** A leg to the browser, joined to the echo, and what it reported. */
async function echoLeg() {
  const told: string[] = [];
  const session = await relay.open({ onConnected: () => told.push("connected"), onFailed: (_, why) => told.push(why) });
  const leg = await session.browserLeg();
  await session.join(leg.id, (await session.sourceLeg({ kind: "echo" })).id);
  return { leg, told };
}

/** Between browser and relay: `meddle` sees each datagram of the browser, and sends what it likes in its name. */
async function between(sdp: string, meddle: (datagram: Uint8Array, forge: (bytes: Uint8Array) => void) => void) {
  const [, host = "", port = ""] = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/m.exec(sdp)!;
  const target = { address: host, port: Number(port) };
  let peer: Address | undefined;
  const bind = async (onDatagram: (bytes: Uint8Array, from: Address) => void): Promise<DatagramSocket> => {
    const socket = await systemDatagrams.bind({ address: network, port: 0 }, { onDatagram, onError: () => {} });
    sockets.push(socket);
    return socket;
  };
  const outer = await bind((bytes) => peer && inner.send(bytes, peer));
  const inner = await bind((bytes, from) => {
    peer = { address: from.address, port: from.port };
    meddle(bytes, (forged) => outer.send(forged, target));
    outer.send(bytes, target);
  });
  return sdp.replaceAll(`${host} ${port} typ`, `${network} ${inner.local.port} typ`);
}

/** Shows the certificate that its SDP names, and signs with another key. */
async function steal(thief: WeriftBrowser): Promise<void> {
  const make = () => CipherContext.createSelfSignedCertificateWithKey(ecdsa, 23);
  const [named, own] = [await make(), await make()];
  const mixed = new RTCCertificate(own.keyPem, named.certPem, ecdsa);
  Object.defineProperty(thief.pc.dtlsTransports[0], "localCertificate", { get: () => mixed, set: () => {} });
}

test.each(["the browser offers", "the relay offers"])(
  "a peer with the browser's certificate but not its key neither sends nor gets audio: %s",
  async (who) => {
    await steal(browser);
    const { leg, told } = await echoLeg();
    if (who === "the browser offers") await browser.accept(await leg.answer(await browser.offer()));
    else await leg.accept(await browser.answer(await leg.offer()));
    await expect
      .poll(() => told, { timeout: 15_000 })
      .toEqual(["DTLS failed: the browser did not prove that it holds its certificate's private key"]);
    const { packets, refused } = await relay.counters();
    expect(packets).toBe(0);
    expect(refused["dtls-not-proved"]).toBeGreaterThan(0);
    expect(browser.heard).toEqual([]);
  },
);

test("a DTLS server with the browser's certificate but not its key is not accepted", async () => {
  await steal(browser);
  const passive = (sdp: string): string => sdp.replace(/a=setup:\S+/, "a=setup:passive");
  browser.pc.dtlsTransports[0]!.role = "server";
  const { leg, told } = await echoLeg();
  await browser.accept(await leg.answer(passive(await browser.offer())));
  await expect.poll(() => told, { timeout: 15_000 }).toHaveLength(1);
  expect(told[0]).toMatch(/^DTLS failed: the browser did not prove/);
});

test("a call connects although junk from the browser's address precedes each of its records", async () => {
  const random = seededRandom(5);
  const { leg, told } = await echoLeg();
  const answer = await leg.answer(await browser.offer());
  const through = await between(answer, (datagram, forge) => {
    if (datagram[0] !== handshakeRecord) return;
    for (const type of [1, 2, 11, 16, 20]) forge(inClear({ type, seq: 0, body: new Uint8Array(4) }));
    forge(random(60).with(0, handshakeRecord));
    forge(Uint8Array.of(21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40));
  });
  await browser.accept(through);
  await browser.connected();
  await expect.poll(() => told).toEqual(["connected"]);
  const said = frames(5);
  for (const frame of said) browser.say(frame);
  await browser.hearing(5);
  expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
  const { refused } = await relay.counters();
  expect(Object.keys(refused)).toEqual(
    expect.arrayContaining(["dtls-malformed", "dtls-unexpected", "dtls-alert-in-clear"]),
  );
});
