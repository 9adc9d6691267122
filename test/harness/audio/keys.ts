import { levelAt } from "./level.ts";
import { between, durationMs, type Sound } from "./sound.ts";

const keys = ["123A", "456B", "789C", "*0#D"];
const rowHz = [697, 770, 852, 941];
const columnHz = [1209, 1336, 1477, 1633];
const windowMs = 40;
const stepMs = 10;
/** Two notes that follow each other share a window, and may look like a softer pair. */
const leastDbfs = -23;
/** So many windows in a row have the tones of a press at least. */
const leastSteps = 2;
/** A shorter pause is none: a jitter buffer may patch a tone in its middle. */
const pauseSteps = 5;

/** The loudest of a group of tones; -1 when none is loud enough. */
function loudest(window: Sound, hz: readonly number[]): number {
  const levels = hz.map((one) => levelAt(window, one));
  const best = Math.max(...levels);
  return best < leastDbfs ? -1 : levels.indexOf(best);
}

/** The key whose two tones (ITU-T Q.23) sound in a window, if any. */
const keyIn = (window: Sound): string | undefined => keys[loudest(window, rowHz)]?.[loudest(window, columnHz)];

type Press = { readonly key: string; readonly from: number; to: number };

/** The keys that are heard in a sound as pairs of tones, in order; one that sounds again after 50 ms is heard again. */
export function keysIn(sound: Sound): string {
  const presses: Press[] = [];
  for (let step = 0; step * stepMs + windowMs <= durationMs(sound); step += 1) {
    const key = keyIn(between(sound, step * stepMs, step * stepMs + windowMs));
    const last = presses.at(-1);
    if (key === undefined) continue;
    if (last?.key === key && step - last.to <= pauseSteps) last.to = step;
    else presses.push({ key, from: step, to: step });
  }
  const long = presses.filter(({ from, to }) => to - from + 1 >= leastSteps);
  return long.map(({ key }) => key).join("");
}
