import { type MediaRelay, pcmuAnnouncement, relayInProcess } from "@trunkline/media-relay";
import { FakeClock, memoryNetwork, seededRandom } from "@trunkline/sip-stack/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type PlainLegOptions, plainMediaLeg } from "./plain.ts";

const half = pcmuAnnouncement(seededRandom(3)(4000));

/** Two legs on one network, one to play half a second, the other to hear it, and what was seen on the wire. */
async function scene(ours: Partial<PlainLegOptions>, theirs: Partial<PlainLegOptions>) {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock, delayMs: 1 });
  const payloads: string[] = [];
  network.observe(({ bytes }) => void payloads.push(Buffer.from(bytes.subarray(12)).toString("hex")));
  const relay: MediaRelay = relayInProcess({
    plain: { bind: "10.0.0.1", ports: [10_000, 10_019] },
    browser: { hosts: [], ports: [20_000, 20_001] },
    clock,
    network,
  });
  onTestFinished(() => relay.close());
  const usual = { bind: "10.0.0.1", shown: "10.0.0.1", sessionId: "1" };
  const [near, far] = [await relay.open({}), await relay.open({})];
  const [a, b] = [await plainMediaLeg(near, { ...usual, ...ours }), await plainMediaLeg(far, { ...usual, ...theirs })];
  const play = async (): Promise<number> => {
    const player = await near.sourceLeg({ kind: "player", announcement: half });
    await near.join(a.id, player.id);
    await clock.advance(1000);
    const [heard] = await far.statistics();
    return heard?.received.packets ?? 0;
  };
  const clear = Buffer.from(half.pcmu.subarray(0, 160)).toString("hex");
  return { a, b, play, isSeen: () => payloads.includes(clear), refused: async () => (await relay.counters()).refused };
}

describe.each([
  [true, "RTP/SAVP"],
  [false, "RTP/AVP"],
])("two legs, encrypted: %s", (encrypted, protocol) => {
  test("agree on it, and everything that is played arrives", async () => {
    const { a, b, play, isSeen, refused } = await scene({ encrypted }, { encrypted });
    const offer = await a.offer();
    expect(offer).toContain(`m=audio ${/m=audio (\d+)/.exec(offer)?.[1]} ${protocol} 0 101`);
    expect(offer.match(/^a=crypto:\d+ (\S+) inline:/gm)?.length ?? 0).toBe(encrypted ? 2 : 0);
    const answer = await b.answer(offer);
    expect(answer).toMatchObject({ ok: true });
    expect(await a.accept(answer.ok ? answer.value : "")).toMatchObject({ ok: true });
    expect(await play()).toBe(25);
    expect(isSeen()).toBe(!encrypted);
    // Nobody listens beyond the far leg; nothing was refused for another reason.
    expect(await refused()).toEqual({ "not-joined": 25 });
  });

  test("keep their keys when they agree anew", async () => {
    const { a, b, play } = await scene({ encrypted }, { encrypted });
    for (const round of [1, 2]) {
      const answer = await b.answer(await a.offer());
      if (answer.ok) await a.accept(answer.value);
      expect(await play()).toBe(25 * round);
    }
  });
});

test.each([
  [true, false],
  [false, true],
])("a leg that is encrypted: %s does not talk to one that is encrypted: %s, and says why", async (ours, theirs) => {
  const { a, b } = await scene({ encrypted: ours }, { encrypted: theirs });
  const answer = await b.answer(await a.offer());
  expect(answer.ok).toBe(false);
  expect(answer.ok ? "" : answer.why.length).toBeGreaterThan(10);
});

test("a key that is none is refused in words, without the key", async () => {
  const { a, b } = await scene({ encrypted: true }, { encrypted: true });
  const offer = (await a.offer()).replaceAll(/inline:\S+/g, "inline:c2hvcnQ=");
  const answer = await b.answer(offer);
  expect(answer).toMatchObject({ ok: false, why: expect.stringContaining("a=crypto") });
  expect(answer.ok ? "" : answer.why).not.toContain("c2hvcnQ");
});
