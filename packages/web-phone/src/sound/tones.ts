import type { PhoneSounds } from "../core/sounds.ts";
import type { Clock } from "../kernel/clock.ts";

/** Some frequencies in hertz that sound together, from `atMs` for `lengthMs`. */
type Note = { readonly hertz: readonly number[]; readonly atMs: number; readonly lengthMs: number };
/** Notes that come again every `everyMs`. */
type Pattern = { readonly notes: readonly Note[]; readonly everyMs: number; readonly level: number };

/** Two soft rising pairs, then a rest. */
const ringTone: Pattern = {
  notes: [0, 900].flatMap((atMs) => [
    { hertz: [659.3, 1318.5], atMs, lengthMs: 260 },
    { hertz: [880, 1760], atMs: atMs + 220, lengthMs: 420 },
  ]),
  everyMs: 3000,
  level: 0.12,
};

/** What a North American caller expects to hear: 2 s on, 4 s off. */
const ringbackTone: Pattern = { notes: [{ hertz: [440, 480], atMs: 0, lengthMs: 2000 }], everyMs: 6000, level: 0.06 };

const rows = [697, 770, 852, 941] as const;
const columns = [1209, 1336, 1477] as const;
const keys = "123456789*0#";
const keyTone = { lengthMs: 120, level: 0.06 } as const;
/** Rise and fall of a note in seconds: no clicks. */
const edgeSeconds = 0.012;
/** How often a tone that the browser does not let out yet is tried again. */
const lockedMs = 200;

/** The two frequencies of a key in hertz, ITU-T Q.23. */
export function keyHertz(key: string): readonly [number, number] | undefined {
  const index = keys.indexOf(key);
  if (index < 0 || key.length !== 1) return undefined;
  return [rows[Math.floor(index / 3)]!, columns[index % 3]!];
}

/** The phone's own sounds by WebAudio; silent until the browser lets sound out. */
export class Tones implements PhoneSounds {
  readonly #clock: Clock;
  readonly #makeContext: () => AudioContext;
  #context: AudioContext | undefined;
  #output: GainNode | undefined;
  #stopRepeating: () => void = () => {};

  constructor(clock: Clock, makeContext: () => AudioContext) {
    this.#clock = clock;
    this.#makeContext = makeContext;
  }

  unlock(): void {
    this.#context ??= this.#makeContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
  }

  ring(): void {
    this.#repeat(ringTone);
  }

  ringback(): void {
    this.#repeat(ringbackTone);
  }

  quiet(): void {
    this.#stopRepeating();
    this.#stopRepeating = () => {};
    this.#output?.disconnect();
    this.#output = undefined;
  }

  key(key: string): void {
    const hertz = keyHertz(key);
    this.unlock();
    if (hertz === undefined || this.#context === undefined) return;
    this.#play(this.#context.destination, { hertz, atMs: 0, lengthMs: keyTone.lengthMs }, keyTone.level);
  }

  #repeat(pattern: Pattern): void {
    this.quiet();
    this.unlock();
    if (this.#context === undefined) return;
    const output = this.#context.createGain();
    output.connect(this.#context.destination);
    this.#output = output;
    this.#round(output, pattern);
  }

  #round(output: GainNode, pattern: Pattern): void {
    const running = this.#context?.state === "running";
    if (running) for (const note of pattern.notes) this.#play(output, note, pattern.level);
    this.#stopRepeating = this.#clock.after(running ? pattern.everyMs : lockedMs, () => this.#round(output, pattern));
  }

  #play(output: AudioNode, note: Note, level: number): void {
    const context = this.#context!;
    const from = context.currentTime + note.atMs / 1000;
    const to = from + note.lengthMs / 1000;
    const envelope = shaped(context, from, to, level);
    envelope.connect(output);
    for (const hertz of note.hertz) {
      const oscillator = new OscillatorNode(context, { frequency: hertz });
      oscillator.connect(envelope);
      oscillator.start(from);
      oscillator.stop(to);
    }
  }
}

function shaped(context: AudioContext, from: number, to: number, level: number): GainNode {
  const envelope = new GainNode(context, { gain: 0 });
  envelope.gain.setValueAtTime(0, from);
  envelope.gain.linearRampToValueAtTime(level, from + edgeSeconds);
  envelope.gain.setValueAtTime(level, to - edgeSeconds);
  envelope.gain.linearRampToValueAtTime(0, to);
  return envelope;
}
