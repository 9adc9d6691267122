import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { LegId, LegStatistics, MediaRelay, MediaSession, PlainLeg } from "../../src/index.ts";
import { relayInProcess } from "../../src/index.ts";
import { FakeClock, MemoryNetwork, RtpPeer, seededRandom } from "../../src/testing/index.ts";
import { frames } from "../memory-relay.ts";
import { browserOffer } from "./browser-offer.ts";

const count = Number(process.env.TRUNKLINE_SEEDS ?? 500);
const said = frames(3);
const portRestMs = 5000;

/** How far a session gets before it is aborted, or to its end. */
const stages = ["opened", "legs", "connected", "joined", "talking", "held", "ended"] as const;
type Stage = (typeof stages)[number];

function makeWorld() {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const relay = relayInProcess({
    plain: { bind: "10.0.0.1", ports: [10_000, 19_999] },
    browser: { hosts: ["10.0.0.1"], ports: [20_000, 20_999] },
    portRestMs,
    clock,
    network,
    random: seededRandom(count),
  });
  return { clock, network, relay };
}
type World = ReturnType<typeof makeWorld>;

/** One session and what it has told of legs that closed. */
class Story {
  readonly closed: LegId[] = [];
  readonly #world: World;
  readonly #session: MediaSession;
  readonly #peers: RtpPeer[] = [];
  readonly #legs: { readonly id: LegId; close(): Promise<void> }[] = [];
  readonly #number: number;
  private constructor(world: World, number: number, session: MediaSession) {
    this.#world = world;
    this.#number = number;
    this.#session = session;
  }

  static async begin(world: World, number: number): Promise<Story> {
    let story: Story | undefined;
    const onClosed = ({ leg }: LegStatistics): void => void story?.closed.push(leg);
    story = new Story(world, number, await world.relay.open({ onClosed, onStatistics: () => {} }));
    return story;
  }

  /** Plays up to `last`; how it is ended differs from story to story. */
  async play(last: Stage): Promise<void> {
    for (const stage of stages.slice(0, stages.indexOf(last) + 1)) await this.#parts[stage]();
    await this.#end();
    for (const peer of this.#peers) peer.close();
    expect(await codeOf(this.#session.statistics())).toBe("MEDIA_SESSION_CLOSED");
    expect(this.closed.toSorted()).toEqual(this.#legs.map(({ id }) => id).toSorted());
  }

  readonly #parts: { readonly [S in Stage]: () => Promise<void> } = {
    opened: async () => {},
    legs: () => this.#makeLegs(),
    connected: async () => {
      for (const leg of this.#plain()) await this.#connect(leg);
    },
    joined: async () => {
      const [first, second] = this.#legs;
      await this.#session.join(first!.id, second!.id);
    },
    talking: () => this.#talk(),
    held: async () => {
      for (const [at, leg] of this.#plain().entries()) {
        await leg.connect(this.#peers[at]!.remote({ direction: "inactive" }));
      }
    },
    ended: async () => {
      for (const leg of this.#legs) await leg.close();
    },
  };

  /** Every eighth story has a browser, every other one a source; every third session has more legs than two. */
  async #makeLegs(): Promise<void> {
    this.#legs.push(await this.#session.plainLeg());
    if (this.#number % 8 === 3) this.#legs.push(await this.#browserLeg());
    else if (this.#number % 2 === 0) this.#legs.push(await this.#session.sourceLeg({ kind: "tone", hz: [440] }));
    this.#legs.push(await this.#session.plainLeg());
    if (this.#number % 3 === 0) this.#legs.push(await this.#session.sourceLeg({ kind: "echo" }));
  }

  /** A browser that offers, or is offered to, and then is never seen again. */
  async #browserLeg(): Promise<{ readonly id: LegId; close(): Promise<void> }> {
    const leg = await this.#session.browserLeg();
    if (this.#number % 3 === 0) await leg.answer(browserOffer);
    else if (this.#number % 3 === 1) await leg.offer();
    return leg;
  }

  #plain(): PlainLeg[] {
    return this.#legs.filter((leg): leg is PlainLeg => "local" in leg);
  }

  async #connect(leg: PlainLeg): Promise<void> {
    const peer = await RtpPeer.bind(this.#world.network, `10.${1 + (this.#peers.length % 2)}.0.1`);
    peer.aim(leg.local);
    this.#peers.push(peer);
    await leg.connect(peer.remote());
  }

  async #talk(): Promise<void> {
    for (const frame of said) for (const peer of this.#peers) peer.say(frame);
    this.#peers[0]!.press("1", 100);
    await this.#world.clock.advance(40);
  }

  /** By the session's close, by it twice, in the middle of an opening, or after a leg's own. */
  async #end(): Promise<void> {
    const ways = [
      () => this.#session.close(),
      () => Promise.all([this.#session.close(), this.#session.close()]),
      async () => {
        const opening = this.#session.plainLeg();
        await this.#session.close();
        expect(await codeOf(opening)).toBe("MEDIA_SESSION_CLOSED");
      },
      () => Promise.all([...this.#legs.map((leg) => leg.close()), this.#session.close()]),
    ];
    await ways[this.#number % ways.length]!();
  }
}

async function nothingIsLeft({ relay, clock, network }: World): Promise<void> {
  expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, timers: 0 });
  expect(network.open).toBe(0);
  await clock.advance(portRestMs);
  expect(await relay.counters()).toMatchObject({ portsResting: 0 });
  expect(clock.pending).toBe(0);
}

/** What a promise was rejected with. Not by `expect`, which keeps every promise, and all that it holds, until the test ends. */
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "none",
    ({ code }: { code: string }) => code,
  );

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that something still holds. */
async function heldBytes(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What a closed session may hold on average, the noise of a thousand of them aside: a leg alone is larger. */
const mostHeldBytes = (sessions: number): number => 1000 * sessions + 1_000_000;

const total = (relay: MediaRelay): Promise<number> => relay.counters().then(({ packets }) => packets);

test("sessions of every kind, aborted at every stage, leave nothing behind, and nothing in memory", async () => {
  const world = makeWorld();
  let heldAtFirst = 0;
  for (let number = 0; number < count; number += 7) {
    if (number === 98) heldAtFirst = await heldBytes();
    const stories = await Promise.all(
      Array.from({ length: Math.min(7, count - number) }, (_, more) => Story.begin(world, number + more)),
    );
    await Promise.all(stories.map((story, at) => story.play(stages[(number / 7 + at) % stages.length]!)));
    if (number % 700 === 0) await nothingIsLeft(world);
  }
  expect(await total(world.relay)).toBeGreaterThan(count);
  await nothingIsLeft(world);
  expect((await heldBytes()) - heldAtFirst).toBeLessThan(mostHeldBytes(count - 98));
  await world.relay.close();
  expect(world.clock.pending).toBe(0);
});
