import { SourceInvalid } from "../kernel/errors.ts";
import { pcmuSilence } from "../packet/pcmu.ts";
import { type Frames, frameSamples, loopedFrame } from "./frames.ts";
import { readWav } from "./wav.ts";

/** The longest announcement: ten minutes. */
const maxOctets = 10 * 60 * 8000;

/**
 * A recording that is ready to be played: 8000 mu-law octets a second. It is read once; every leg that plays it, on whatever
 * thread, reads the same memory.
 */
export type Announcement = { readonly pcmu: Uint8Array<SharedArrayBuffer> };

/**
 * Reads a WAV file: 8000 Hz, one channel, PCM of 16 bits or mu-law, at most ten minutes.
 * @throws SourceInvalid with what the file is instead.
 */
export function wavAnnouncement(file: Uint8Array): Announcement {
  const read = readWav(file);
  if (!read.ok) throw new SourceInvalid(`octet ${read.at}: ${read.why}`);
  return pcmuAnnouncement(read.value);
}

/** Takes raw mu-law, 8000 octets a second. @throws SourceInvalid when there are none, or more than ten minutes of them. */
export function pcmuAnnouncement(octets: Uint8Array): Announcement {
  check(octets.length);
  const pcmu = new Uint8Array(new SharedArrayBuffer(octets.length));
  pcmu.set(octets);
  return { pcmu };
}

/** The frames of an announcement; the last one is filled up with silence, or with the beginning when it is looped. */
export function announcementFrames({ pcmu }: Announcement, isLooped: boolean): Frames {
  check(pcmu.length);
  let at = 0;
  return () => {
    if (at >= pcmu.length && !isLooped) return undefined;
    const start = at;
    at += frameSamples;
    if (isLooped) return loopedFrame(pcmu, start % pcmu.length);
    return at <= pcmu.length ? pcmu.subarray(start, at) : lastFrame(pcmu, start);
  };
}

function lastFrame(pcmu: Uint8Array, start: number): Uint8Array {
  const frame = new Uint8Array(frameSamples).fill(pcmuSilence);
  frame.set(pcmu.subarray(start));
  return frame;
}

function check(octets: number): void {
  if (octets < 1) throw new SourceInvalid("an announcement without a sample");
  if (octets > maxOctets) throw new SourceInvalid("an announcement is at most ten minutes long");
}
