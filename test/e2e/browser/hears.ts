import { setTimeout } from "node:timers/promises";
import { type Interval, intervalsOf } from "../../harness/audio/intervals.ts";
import { loudestHz, usualLevelAt } from "../../harness/audio/level.ts";
import { between, durationMs, makeSound, type Sound } from "../../harness/audio/sound.ts";
import { ownRecordingsOf, recordingsOf } from "../../harness/browser/page.ts";
import type { Phone } from "../../harness/browser/phone.ts";

/** What the microphone of the tests hears: one tone, for longer than any test talks. */
export const voice = { hz: 850, levelDbfs: -20 } as const satisfies Measured;
export const microphone = makeSound([{ seconds: 120, hz: [voice.hz], levelDbfs: voice.levelDbfs }]);

/** Ringing as a caller in the United States hears it, and a note of the bell by which the page says that it is called; in hertz. */
export const ringback: readonly number[] = [440, 480];
export const bell: readonly number[] = [880, 1760];
/** After so long without it the bell has ended: it is heard more often while it rings. */
export const bellEveryMs = 3200;

/** One of the sounds that reach the person's ear; all of it so far. */
export type Ear = () => Promise<Sound>;

const silence: Sound = { rateHz: 8000, samples: new Float32Array() };

/** What comes from the other side in the page's newest call. */
export const callOf =
  ({ page }: Phone): Ear =>
  async () =>
    (await recordingsOf(page)).at(-1) ?? silence;

/** What the page plays by itself. */
export const pageOf =
  ({ page }: Phone): Ear =>
  async () =>
    (await ownRecordingsOf(page)).at(-1) ?? silence;

/** The same ear, without what it has heard until now. */
export async function fromNow(ear: Ear): Promise<Ear> {
  const beforeMs = durationMs(await ear());
  return async () => {
    const heard = await ear();
    return between(heard, beforeMs, durationMs(heard));
  };
}

const timeoutMs = 15_000;
const askAgainMs = 100;

/** Resolves with the first stretch of sound that is found. A recording has no events, so it is asked for again. */
async function listen(ear: Ear, find: (heard: Sound) => Sound | undefined, what: string): Promise<Sound> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const found = find(await ear());
    if (found !== undefined) return found;
    if (Date.now() > untilMs) throw new Error(`nobody heard ${what}`);
    await setTimeout(askAgainMs);
  }
}

const lengthMs = ({ fromMs, toMs }: Interval): number => toMs - fromMs;

/** Resolves when these frequencies have sounded together without a break for `forMs`; gives that stretch. */
export function hears(ear: Ear, hz: readonly number[], forMs: number): Promise<Sound> {
  const find = (heard: Sound): Sound | undefined => {
    const long = intervalsOf(heard, { hz }).find((interval) => lengthMs(interval) >= forMs);
    return long && between(heard, long.fromMs, long.toMs);
  };
  return listen(ear, find, `${hz.join(" and ")} Hz for ${forMs} ms`);
}

/** Resolves when none of the last `forMs` had these frequencies. */
export function hearsNoMore(ear: Ear, hz: readonly number[], forMs: number): Promise<Sound> {
  const find = (heard: Sound): Sound | undefined => {
    const last = between(heard, durationMs(heard) - forMs, durationMs(heard));
    return durationMs(heard) >= forMs && intervalsOf(last, { hz }).length === 0 ? last : undefined;
  };
  return listen(ear, find, `the end of ${hz.join(" and ")} Hz`);
}

export type Measured = { readonly hz: number; readonly levelDbfs: number };

/** The pitch that is loudest in a stretch of sound, and its usual level in whole decibels. */
export function measure(heard: Sound): Measured {
  const hz = loudestHz(heard);
  return { hz, levelDbfs: Math.round(usualLevelAt(heard, hz)) };
}
