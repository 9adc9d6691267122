import type { UserName } from "../domain/names.ts";

/** By what a session was begun. */
export type SignInWay = "link" | "passkey" | "oidc";

/** A browser that is signed in. Its cookie is not kept, only what the cookie hashes to; times are wall time in ms since 1970. */
export type Session = {
  /** What people call it by; it opens nothing. */
  readonly id: string;
  readonly hash: string;
  readonly user: UserName;
  readonly way: SignInWay;
  /** The passkey that has begun it. */
  readonly passkey?: string;
  /** Which browser it is, in words, as it said itself. */
  readonly browser: string;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  readonly expiresAtMs: number;
};

/** The sessions. */
export interface Sessions {
  add(session: Session): Promise<void>;
  /** Notes that one was used; one that is gone stays gone. */
  used(id: string, usedAtMs: number): Promise<void>;
  /** The one whose cookie hashes to this, unless it has expired at `nowMs`. */
  withHash(hash: string, nowMs: number): Promise<Session | undefined>;
  /** All that have not expired, oldest first. */
  all(nowMs: number): Promise<readonly Session[]>;
  remove(id: string): Promise<void>;
  /** Takes away those that have expired, and names them. */
  expire(nowMs: number): Promise<readonly Session[]>;
}
