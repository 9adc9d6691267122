/** Time as a parameter, so that a test can move it. */
export interface Clock {
  /** Monotonic milliseconds. Only differences have meaning. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it and may be called twice. */
  after(delayMs: number, task: () => void): () => void;
}

/** The browser's own time. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
