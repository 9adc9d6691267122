import { describe, expect, test } from "vitest";
import type { PlainRemote } from "../src/index.ts";
import { type MemoryNetwork, RtpPeer } from "../src/testing/index.ts";
import { connected, frames, memoryRelay } from "./memory-relay.ts";

/** Bob, and a leg that has no answer yet; its peer speaks already. */
async function scene() {
  const { clock, network, relay } = memoryRelay();
  const session = await relay.open({});
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const bob = await connected(network, b, "10.1.0.2");
  const peerAt = async (address: string, on: MemoryNetwork = network): Promise<RtpPeer> => {
    const peer = await RtpPeer.bind(on, address);
    peer.aim(a.local);
    return peer;
  };
  const alice = await peerAt("10.1.0.1");
  const talk = async (peer: RtpPeer, said: readonly Uint8Array[]): Promise<void> => {
    for (const frame of said) {
      peer.say(frame);
      await clock.advance(20);
    }
  };
  const answer = async (changes: Partial<PlainRemote> = {}): Promise<void> => {
    await session.join(a.id, b.id);
    await a.connect(alice.remote(changes));
  };
  return { clock, bob, alice, peerAt, talk, answer };
}

describe("RTP before the answer", () => {
  test("is heard from the first packet on when the answer comes right behind it", async () => {
    const { bob, alice, talk, answer } = await scene();
    await talk(alice, frames(10));
    await answer();
    await talk(alice, frames(10, 9));
    expect(bob.heard).toEqual([...frames(10), ...frames(10, 9)]);
    expect(bob.heardSeqs).toEqual(bob.heardSeqs.map((_, at) => (bob.heardSeqs[0]! + at) & 0xffff));
  });

  test("of a peer behind a NAT is heard in its order once the peer has been found", async () => {
    const { bob, peerAt, talk, answer } = await scene();
    const hidden = await peerAt("10.7.0.1");
    await talk(hidden, frames(5));
    await answer({ address: "192.168.0.7", latch: ["10.7.0.1"] });
    await talk(hidden, frames(10, 9));
    expect(bob.heard).toEqual([...frames(5), ...frames(10, 9)]);
  });

  test("is heard of the last quarter of a second only, however long the phone has been ringing", async () => {
    const { bob, alice, talk, answer } = await scene();
    await talk(alice, frames(100));
    await answer();
    await talk(alice, frames(5, 9));
    expect(bob.heard).toEqual([...frames(100).slice(-12), ...frames(5, 9)]);
  });

  test("is not heard when its sender is not the one who answered, nor once it is old", async () => {
    const { clock, bob, alice, peerAt, talk, answer } = await scene();
    await talk(await peerAt("10.1.0.9"), frames(10, 3));
    await talk(alice, frames(5, 4));
    await clock.advance(1000);
    await answer();
    await talk(alice, frames(5));
    expect(bob.heard).toEqual(frames(5));
  });

  test("is not heard when nothing follows the answer for a while", async () => {
    const { clock, bob, alice, talk, answer } = await scene();
    await talk(alice, frames(5, 4));
    await answer();
    await clock.advance(1000);
    await talk(alice, frames(5));
    expect(bob.heard).toEqual(frames(5));
  });
});
