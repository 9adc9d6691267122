import { describe, expect, test } from "vitest";
import { seededRandom } from "../src/testing/index.ts";
import { frames, joinedPair } from "./memory-relay.ts";

describe("noise at the ports of a call", () => {
  test.each([1, 2, 3])(
    "10,000 random datagrams during a call leave the payloads as they were (seed %i)",
    async (seed) => {
      const { alice, bob, network, a, relay } = await joinedPair();
      const random = seededRandom(seed);
      const stranger = await network.bind(
        { address: "10.9.9.9", port: 0 },
        { onDatagram: () => {}, onError: () => {} },
      );
      const { address, rtpPort, rtcpPort } = a.local;
      const said = frames(500, seed);
      alice.say(said[0]!);
      for (const frame of said.slice(1)) {
        for (let count = 0; count < 7; count += 1) alice.sendRaw(noise(random));
        for (let count = 0; count < 7; count += 1) stranger.send(noise(random), { address, port: rtpPort });
        for (let count = 0; count < 7; count += 1) alice.report(noise(random));
        stranger.send(noise(random), { address, port: rtcpPort });
        alice.say(frame);
      }
      expect(bob.heard).toEqual(said);
      const { refused, packets } = await relay.counters();
      const refusedInAll = Object.values(refused).reduce((sum, count) => sum + count, 0);
      expect(packets).toBe(500);
      expect(refusedInAll).toBeGreaterThan(499 * 21);
      expect(refused["wrong-source"]).toBe(499 * 8);
      expect(Object.keys(refused)).toContain("unproven-source");
    },
  );
});

/** A random datagram of up to 200 octets; every other one is well enough formed to pass for PCMU. */
function noise(random: (length: number) => Uint8Array): Uint8Array {
  const [length = 0, shape = 0] = random(2);
  const bytes = random(length % 200);
  if (shape % 2 === 0 && bytes.length > 12) {
    bytes[0] = 0x80;
    bytes[1] = 0;
  }
  return bytes;
}
