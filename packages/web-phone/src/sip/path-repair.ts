import type { SoundPath } from "../core/transport.ts";
import type { Clock } from "../kernel/clock.ts";

/** The server looks for another path by itself, and sooner: its offer and ours should not meet. In milliseconds. */
export const firstRepairMs = 7000;
/** Between one attempt and the next, in milliseconds. */
export const nextRepairMs = 5000;

/** Begins ICE anew while the path for audio is interrupted, until it is there again or the browser gives it up. */
export class PathRepair {
  readonly #clock: Clock;
  readonly #restart: () => void;
  #stopTimer: (() => void) | undefined;

  /** @param restart begins ICE anew, where that is possible now */
  constructor(clock: Clock, restart: () => void) {
    this.#clock = clock;
    this.#restart = restart;
  }

  heard(path: SoundPath): void {
    if (path === "interrupted") this.#stopTimer ??= this.#arm(firstRepairMs);
    else if (path === "checking") this.#wait();
    else this.close();
  }

  /** Tries no more; may be called twice. */
  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Either side has begun ICE anew: that has its time. */
  #wait(): void {
    if (this.#stopTimer === undefined) return;
    this.#stopTimer();
    this.#stopTimer = this.#arm(nextRepairMs);
  }

  #arm(afterMs: number): () => void {
    return this.#clock.after(afterMs, () => {
      this.#stopTimer = this.#arm(nextRepairMs);
      this.#restart();
    });
  }
}
