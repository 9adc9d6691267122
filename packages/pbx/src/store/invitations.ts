import type { UserName } from "../domain/names.ts";

/** A link that signs somebody in once. Its secret is not kept, only what the secret hashes to. */
export type Invitation = {
  readonly hash: string;
  readonly user: UserName;
  /** Wall time in ms since 1970. */
  readonly expiresAtMs: number;
};

/** The links that are out. What has expired is not there any more. */
export interface Invitations {
  add(invitation: Invitation): Promise<void>;
  get(hash: string, nowMs: number): Promise<Invitation | undefined>;
  /** Takes a link away and tells whose it was: of two who come with the same one, the first alone has it. */
  take(hash: string, nowMs: number): Promise<Invitation | undefined>;
  /** Oldest first. */
  all(nowMs: number): Promise<readonly Invitation[]>;
  remove(hash: string): Promise<void>;
  /** Takes away what has expired. */
  expire(nowMs: number): Promise<void>;
}
