import type { UserName } from "../domain/names.ts";

/** A day in UTC, `2026-11-25`. */
export type Day = string;

export const dayOf = (wallMs: number): Day => new Date(wallMs).toISOString().slice(0, 10);

/** How long each user has talked over the trunk on a day. */
export interface Budgets {
  talk(user: UserName, day: Day, seconds: number): Promise<void>;
  usedSeconds(user: UserName, day: Day): Promise<number>;
}
