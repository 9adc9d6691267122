import { levelAt } from "./level.ts";
import { between, durationMs, type Sound } from "./sound.ts";

export type Interval = { readonly fromMs: number; readonly toMs: number };
export type Detection = {
  /** All of these must sound, as in ringback or a DTMF digit. */
  readonly hz: readonly number[];
  /** The least level of each, in dBFS. */
  readonly aboveDbfs?: number;
  readonly windowMs?: number;
};

/** Whether every frequency is there in each window of the sound, one window after the other. */
function presence(sound: Sound, { hz, aboveDbfs = -45, windowMs = 40 }: Detection): boolean[] {
  const windows = Math.floor(durationMs(sound) / windowMs);
  return Array.from({ length: windows }, (_, at) => {
    const window = between(sound, at * windowMs, (at + 1) * windowMs);
    return hz.every((one) => levelAt(window, one) >= aboveDbfs);
  });
}

/** When the frequencies sound together. Times are exact to one window; a pause shorter than `mergeMs` does not part two intervals. */
export function intervalsOf(sound: Sound, detection: Detection & { readonly mergeMs?: number }): readonly Interval[] {
  const { windowMs = 40, mergeMs = 0 } = detection;
  const found: Interval[] = [];
  presence(sound, detection).forEach((there, at) => {
    if (!there) return;
    const [fromMs, toMs] = [at * windowMs, (at + 1) * windowMs];
    const last = found.at(-1);
    if (last !== undefined && fromMs - last.toMs <= mergeMs) found[found.length - 1] = { fromMs: last.fromMs, toMs };
    else found.push({ fromMs, toMs });
  });
  return found;
}
