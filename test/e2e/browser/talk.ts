import type { LegStatistics, MediaRelay, MediaSession } from "@trunkline/media-relay";
import { expect, vi } from "vitest";
import { between, durationMs, type Sound } from "../../harness/audio/sound.ts";
import type { Frame } from "../../harness/browser/caller.ts";
import { type KeyPress, keys, repetitions } from "../peers/key-presses.ts";
import type { End } from "./ends.ts";

/** So many frames come before anything is measured, while jitter buffers find their length; then so many of talk alone. */
const settlingFrames = 100;
const talkFrames = 200;
/** So many frames after the last key: whatever came twice has come by then, and the recording has the key. */
const laterFrames = 100;
/** So many frames were heard in each direction before the first key, at least. */
export const leastFrames = settlingFrames + talkFrames;

/** A key press as the relay reported it. */
export type Digit = { readonly digit: string; readonly durationMs: number };

/** What one end heard of the other, and what the relay reported of the other's keys. */
export type Direction = {
  readonly said: readonly Frame[];
  /** Until the first key was pressed. */
  readonly heard: readonly Frame[];
  readonly soundOfTalk: Sound;
  /** By so much the listener's jitter buffer says that it has changed the sound of the talk. */
  readonly adaptedMs: number;
  readonly soundOfKeys: Sound;
  readonly presses: readonly KeyPress[];
  readonly reported: readonly Digit[];
  readonly lost: number;
};

/** What became of a call: from the first end to the second, and back. */
export type Talk = {
  readonly directions: readonly [Direction, Direction];
  readonly statistics: readonly LegStatistics[];
};

/** Who takes part in a call. */
export type Party = { readonly name: string; open(session: MediaSession): Promise<End> };

/** Asks for counts alone: whoever speaks from this thread must not be late. */
const hasHeard = (end: End, frames: number, keyEnds = 0): Promise<unknown> =>
  vi.waitFor(
    async () => {
      const counts = await end.counts();
      expect(counts.frames).toBeGreaterThanOrEqual(frames);
      expect(counts.keyEnds).toBeGreaterThanOrEqual(keyEnds);
    },
    { timeout: 20_000, interval: 200 },
  );

async function stateOf(end: End) {
  const [account, sound, received] = [await end.account(), await end.sound(), await end.received()];
  return { ...account, ...received, sound };
}

type Ends = readonly [End, End];
type Reported = readonly (Digit & { readonly leg: string })[];

async function talkOver(session: MediaSession, ends: Ends, reported: Reported): Promise<Talk> {
  const onBoth = <T>(act: (end: End) => Promise<T>): Promise<[T, T]> => Promise.all([act(ends[0]), act(ends[1])]);
  await session.join(ends[0].leg, ends[1].leg);
  await onBoth((end) => hasHeard(end, settlingFrames));
  const settled = await onBoth(async (end) => ({ ...(await end.received()), sound: await end.sound() }));
  await onBoth((end) => hasHeard(end, leastFrames));
  const talked = await onBoth(stateOf);
  await onBoth((end) => end.press(keys));
  await onBoth((end) => hasHeard(end, 0, repetitions * keys.length));
  await onBoth(async (end) => hasHeard(end, (await end.counts()).frames + laterFrames));
  const ended = await onBoth(stateOf);
  const direction = (from: 0 | 1, to: 0 | 1): Direction => ({
    said: ended[from].said,
    heard: talked[to].heard,
    soundOfTalk: between(talked[to].sound, durationMs(settled[to].sound), durationMs(talked[to].sound)),
    adaptedMs: talked[to].adaptedMs - settled[to].adaptedMs,
    soundOfKeys: between(ended[to].sound, durationMs(talked[to].sound), durationMs(ended[to].sound)),
    presses: ended[to].presses,
    reported: reported.filter(({ leg }) => leg === ends[from].leg).map(({ leg: _, ...digit }) => digit),
    lost: ended[to].lost,
  });
  return { directions: [direction(0, 1), direction(1, 0)], statistics: await session.statistics() };
}

/** One call: both talk, then both press every key at once, then both talk on. Everything is closed afterwards. */
export async function talk(relay: MediaRelay, [one, other]: readonly [Party, Party]): Promise<Talk> {
  const reported: (Digit & { readonly leg: string })[] = [];
  const session = await relay.open({
    onDigit: (leg, digit, durationMs) => reported.push({ leg, digit, durationMs }),
  });
  const ends = [await one.open(session), await other.open(session)] as const;
  const result = talkOver(session, ends, reported);
  await result.catch(() => {});
  await session.close();
  for (const end of ends) await end.close();
  return result;
}
