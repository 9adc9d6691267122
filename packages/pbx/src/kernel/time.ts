/** Wall time in milliseconds since 1970, for what people and records read; never for measuring. */
export type WallClock = () => number;

export const systemWallClock: WallClock = () => Date.now();
