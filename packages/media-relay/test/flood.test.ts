import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type Address, type MediaRelay, relayInProcess, systemDatagrams } from "../src/index.ts";
import { makeRtp, type RtpPeer, seededRandom } from "../src/testing/index.ts";
import { echoCall } from "./echo-call.ts";
import { frames } from "./memory-relay.ts";
import { talking } from "./talking.ts";

const bytesPerMs = 1000;
const floodMs = 3000;
const frameMs = 20;

/** Noise for a port: what begins like RTP, RTCP, STUN, DTLS and like nothing, in all lengths. */
function noise(count: number): readonly Uint8Array[] {
  const random = seededRandom(count);
  const beginnings = [[128, 0], [128, 200], [0, 1], [22, 254], [250]];
  return Array.from({ length: count }, (_, at) => {
    const bytes = random(20 + ((at * 37) % 500));
    bytes.set(beginnings[at % beginnings.length]!);
    return bytes;
  });
}

/** A megabyte a second from a stranger for three seconds, and a frame of speech every 20 ms. @returns the datagrams sent */
async function flood(to: Address, say: (at: number) => void): Promise<number> {
  const stranger = await systemDatagrams.bind(
    { address: to.address, port: 0 },
    { onDatagram: () => {}, onError: () => {} },
  );
  const datagrams = noise(997);
  let [sent, sentBytes, saidFrames] = [0, 0, 0];
  for (let passedMs = 0; passedMs < floodMs; passedMs += 2) {
    for (; sentBytes < passedMs * bytesPerMs; sent += 1) {
      const datagram = datagrams[sent % datagrams.length]!;
      stranger.send(datagram, to);
      sentBytes += datagram.length;
    }
    for (; saidFrames * frameMs < passedMs; saidFrames += 1) say(saidFrames);
    await setTimeout(2);
  }
  stranger.close();
  return sent;
}

const said = frames(floodMs / frameMs);

/** Every datagram of the flood is refused under some reason; there are no others. */
async function countsAll(relay: MediaRelay, before: number, flooded: number): Promise<void> {
  const refusals = async (): Promise<number> =>
    Object.values((await relay.counters()).refused).reduce((sum, count) => sum + count, 0);
  await expect.poll(async () => (await refusals()) - before).toBe(flooded);
}

test("a megabyte a second at the port of a call without encryption leaves its sound as it was, and all of it is counted", async () => {
  const address = "127.51.0.1";
  const relay = relayInProcess({
    plain: { bind: address, ports: [10_000, 10_099] },
    browser: { hosts: [address], ports: [20_000, 20_099] },
  });
  onTestFinished(() => relay.close());
  const session = await relay.open({});
  const [alice, a] = await talking(session, address);
  const [bob, b] = await talking(session, address);
  onTestFinished(() => [alice, bob].forEach((peer: RtpPeer) => void peer.close()));
  await session.join(a.id, b.id);
  const flooded = await flood({ address, port: a.local.rtpPort }, (at) => alice.say(said[at]!));
  await bob.hearing(said.length);
  expect(bob.heard).toEqual(said);
  await countsAll(relay, 0, flooded);
});

test.each([
  ["aes-cm", "127.51.0.2"],
  ["aes-gcm", "127.51.0.3"],
] as const)("and so does one at the port of a browser's call with %s", async (profile, address) => {
  const { relay, browser, port } = await echoCall(address, profile);
  const { refused } = await relay.counters();
  const before = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const flooded = await flood({ address, port }, (at) => {
    const fields = { payloadType: 0, seq: 100 + at, timestamp: at * 160, ssrc: browser.ssrc };
    browser.sendRaw(browser.protect(makeRtp(fields, said[at]!)));
  });
  await browser.hearing(said.length);
  expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
  await countsAll(relay, before, flooded);
});
