/** Wall time in milliseconds since 1970, for what people and records read; never for measuring. */
export type WallClock = () => number;

export const systemWallClock: WallClock = () => Date.now();

/** Wall time as it is now, going on at the pace of a clock that never jumps: for lengths of time that people and records read. */
export function steadyWallClock(wallClock: WallClock, clock: { nowMs(): number }): WallClock {
  const [wallMs, startedMs] = [wallClock(), clock.nowMs()];
  return () => Math.round(wallMs + clock.nowMs() - startedMs);
}
