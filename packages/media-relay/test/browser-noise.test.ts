import { expect, test } from "vitest";
import { type DatagramSocket, systemDatagrams } from "../src/index.ts";
import { seededRandom } from "../src/testing/index.ts";
import { echoCall } from "./echo-call.ts";
import { frames } from "./memory-relay.ts";

const network = "127.46.0.1";
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends noise that begins like STUN, DTLS, RTP, RTCP or nothing known, each with its share. */
async function rain(stranger: DatagramSocket, port: number, seed: number, count: number): Promise<void> {
  const random = seededRandom(seed);
  const beginnings = [[0, 1], [1, 1], [22, 254], [128, 0], [128, 200], [250]];
  for (let sent = 0; sent < count; sent += 1) {
    const bytes = random(40 + (random(1)[0]! % 100));
    bytes.set(beginnings[sent % beginnings.length]!);
    if (sent % 12 === 0) bytes.set([0, 1, 0, bytes.length - 20, 0x21, 0x12, 0xa4, 0x42]);
    stranger.send(bytes, { address: network, port });
    if (sent % 20 === 0) await turn();
  }
}

test("10,000 random datagrams at a browser's port during a call leave its audio as it was and are counted by reason", async () => {
  const { relay, browser, port } = await echoCall(network, "aes-cm");
  const stranger = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: () => {}, onError: () => {} },
  );
  const said = frames(50);
  for (const [index, frame] of said.entries()) {
    browser.say(frame);
    await rain(stranger, port, index + 1, 200);
  }
  await browser.hearing(50);
  expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
  const { packets, refused } = await relay.counters();
  expect(packets).toBe(50);
  const reasons = ["malformed", "not-authentic", "stun-not-authentic", "unknown-first-byte", "wrong-source"];
  expect(Object.keys(refused).sort()).toEqual(reasons);
  stranger.close();
});
