/** Time as a parameter. */
export type Clock = {
  /** Milliseconds since 1970: what log lines carry. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; what it returns cancels that. */
  after(delayMs: number, task: () => void): () => void;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

const longestPauseMs = 60_000;

/** How long to wait before the next attempt: 1 s first, then twice as long each time, 60 s at most. */
export const pauseAfter = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), longestPauseMs);
