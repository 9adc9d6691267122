import type { UserName } from "../domain/names.ts";

/** A passkey, WebAuthn level 3 section 4: its public half, which opens nothing. Times are wall time in ms since 1970. */
export type Passkey = {
  /** What people call it by. */
  readonly id: string;
  /** By which its authenticator knows it, base64url. */
  readonly credential: string;
  readonly user: UserName;
  /** The public key as COSE writes it. */
  readonly publicKey: Uint8Array;
  /** How often it was used, as its authenticator counts; many do not, and say 0. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** The session in which it was made. */
  readonly session: string;
  /** Which browser made it, in words. */
  readonly browser: string;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
};

/** The passkeys. */
export interface Passkeys {
  /** Rejects for a credential that is there already. */
  add(passkey: Passkey): Promise<void>;
  /** Notes that one was used. @returns whether it is still there */
  used(id: string, use: Pick<Passkey, "counter" | "usedAtMs">): Promise<boolean>;
  withCredential(credential: string): Promise<Passkey | undefined>;
  /** All, oldest first. */
  all(): Promise<readonly Passkey[]>;
  remove(id: string): Promise<void>;
}
