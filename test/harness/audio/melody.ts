import { levelAt } from "./level.ts";
import { between, durationMs, makeSound, type Sound } from "./sound.ts";

/** The melody's notes. No two frames of 20 ms of it are alike, so that one in the wrong place shows. */
const scale: readonly number[] = [611, 743, 857, 1013, 1187, 1361, 1531, 1709];
const noteMs = 250;
const windowMs = 40;
const stepMs = 10;
const silenceDbfs = -45;

/** One note as it was heard: for how long, and its median level. A pause has 0 Hz. */
export type Note = { readonly hz: number; readonly forMs: number; readonly levelDbfs: number };

/** A known signal of two seconds that can be played over and over. */
export const melody = (levelDbfs: number, rateHz?: number): Sound =>
  makeSound(
    scale.map((hz) => ({ seconds: noteMs / 1000, hz: [hz], levelDbfs })),
    rateHz,
  );

function loudest(window: Sound): Omit<Note, "forMs"> {
  const levels = scale.map((hz) => ({ hz, levelDbfs: levelAt(window, hz) }));
  const best = levels.reduce((a, b) => (b.levelDbfs > a.levelDbfs ? b : a));
  return best.levelDbfs < silenceDbfs ? { hz: 0, levelDbfs: silenceDbfs } : best;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The melody's notes in a sound, one after the other; the first and the last may be parts of notes. */
export function notesIn(sound: Sound): readonly Note[] {
  const runs: { hz: number; levels: number[] }[] = [];
  for (let atMs = 0; atMs + windowMs <= durationMs(sound); atMs += stepMs) {
    const { hz, levelDbfs } = loudest(between(sound, atMs, atMs + windowMs));
    if (runs.at(-1)?.hz !== hz) runs.push({ hz, levels: [] });
    runs.at(-1)!.levels.push(levelDbfs);
  }
  return runs.map(({ hz, levels }) => ({ hz, forMs: levels.length * stepMs, levelDbfs: median(levels) }));
}

/**
 * What is wrong with a stretch of the melody, in words: a note that does not follow the one before, is more than 30 ms too
 * long or too short, or more than 1.5 dB too loud or too soft. Nothing: no slip, no hole.
 */
export function faultsOfMelody(sound: Sound, levelDbfs: number): readonly string[] {
  const notes = notesIn(sound);
  return notes.slice(1, -1).flatMap((note, at) => {
    const due = scale[(scale.indexOf(notes[at]!.hz) + 1) % scale.length];
    const isInTime = Math.abs(note.forMs - noteMs) <= 30;
    if (note.hz === due && isInTime && Math.abs(note.levelDbfs - levelDbfs) <= 1.5) return [];
    return [`${note.hz} Hz for ${note.forMs} ms at ${note.levelDbfs.toFixed(1)} dBFS, ${due} Hz was due`];
  });
}
