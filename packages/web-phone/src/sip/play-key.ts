import type { Clock } from "../kernel/clock.ts";

/** The part of the browser's RTCDTMFSender that is used. */
export type KeyOutlet = Pick<RTCDTMFSender, "canInsertDTMF" | "insertDTMF" | "addEventListener">;

export type KeyPlaying = {
  readonly clock: Clock;
  /** Where keys go out; undefined while there is no way. */
  readonly outlet: () => KeyOutlet | undefined;
  readonly key: string;
  readonly durationMs: number;
  /** Called once, when the browser has played the key out. */
  readonly played: () => void;
};

/** The quiet that the browser is asked to keep after a key, in milliseconds. */
const gapMs = 50;
/** A browser that has not begun a key after so long had no way for it yet, and has forgotten it. */
const beginMs = 250;

/**
 * Plays one key, RFC 4733, again until the browser says that it has begun. How long a key takes only the browser knows,
 * and what it is given meanwhile replaces what it has.
 * @returns what gives the key up; it may be called twice.
 */
export function playKey({ clock, outlet, key, durationMs, played }: KeyPlaying): () => void {
  const over = new AbortController();
  let stopWaiting = (): void => {};
  const stop = (): void => {
    stopWaiting();
    over.abort();
  };
  const heard = ({ tone }: { readonly tone: string }): void => {
    stopWaiting();
    if (tone !== "") return;
    stop();
    played();
  };
  const begin = (): void => {
    stopWaiting = clock.after(beginMs, begin);
    const way = outlet();
    way?.addEventListener("tonechange", heard, { signal: over.signal });
    if (way !== undefined && way.canInsertDTMF !== false) way.insertDTMF(key, durationMs, gapMs);
  };
  begin();
  return stop;
}
