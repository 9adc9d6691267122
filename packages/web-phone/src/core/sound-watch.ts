import type { Clock } from "../kernel/clock.ts";
import type { SoundPath } from "./transport.ts";

/** How long sound may take to find its way before the call is given up, in milliseconds. */
export const soundPathMs = 15_000;

/** Waits for the way for sound. `report` hears each path that is to be shown, and `failed` when there is none. */
export class SoundWatch {
  readonly #clock: Clock;
  readonly #report: (path: SoundPath) => void;
  #wasThere = false;
  #stopTimer: () => void = () => {};

  constructor(clock: Clock, report: (path: SoundPath) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Whether sound had a way at some time in this call. */
  get wasThere(): boolean {
    return this.#wasThere;
  }

  /** From the first answer on, sound has its time to find a way: a browser that tries nothing reports nothing. */
  begin(): void {
    if (this.#wasThere) return;
    this.#stopTimer();
    this.#stopTimer = this.#clock.after(soundPathMs, () => this.#report("failed"));
  }

  /** A path is interrupted only once it was there: browsers also report so when they give up a first search. */
  heard(path: SoundPath): void {
    if (path === "interrupted" && !this.#wasThere) return;
    if (path === "checking") this.begin();
    else this.close();
    if (path === "connected") this.#wasThere = true;
    this.#report(path);
  }

  close(): void {
    this.#stopTimer();
  }
}
