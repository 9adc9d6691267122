/** Time as a parameter: everything that waits takes a clock, so that tests decide when time passes. */
export interface Clock {
  /** Monotonic milliseconds. Only differences have meaning. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it and may be called twice. */
  after(delayMs: number, task: () => void): () => void;
}

/** The machine's own clock. Its timers keep the process alive: whoever starts one must cancel it on close. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
