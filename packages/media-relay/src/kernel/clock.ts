/** Time as a parameter: every deadline, report and pace of this package goes through one of these. */
export interface Clock {
  /** Monotonic milliseconds. Only differences have meaning, except that reports show them as NTP time. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it and may be called twice. */
  after(delayMs: number, task: () => void): () => void;
}

const { timeOrigin } = performance;

/** The machine's clock: milliseconds since the Unix epoch that never step back. */
export const systemClock: Clock = {
  nowMs: () => timeOrigin + performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that knows how many of its tasks are still to run. */
export interface CountingClock extends Clock {
  readonly pending: number;
}

/** Counts what waits on `clock`, so that a test can see that nothing was left behind. */
export function countingClock(clock: Clock): CountingClock {
  let pending = 0;
  const settle = (open: { now: boolean }): boolean => {
    const was = open.now;
    open.now = false;
    if (was) pending -= 1;
    return was;
  };
  return {
    nowMs: () => clock.nowMs(),
    get pending() {
      return pending;
    },
    after: (delayMs, task) => {
      pending += 1;
      const open = { now: true };
      const cancel = clock.after(delayMs, () => settle(open) && task());
      return () => {
        settle(open);
        cancel();
      };
    },
  };
}
