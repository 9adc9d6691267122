import type { RandomBytes } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Invitations } from "../store/invitations.ts";
import type { Audit } from "./audit.ts";
import { hashOf, newSecret } from "./secret.ts";

export type SignInLinksOptions = {
  readonly store: Invitations;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  readonly users: () => ReadonlyMap<UserName, User>;
  readonly audit: Audit;
};

/** What a link carries, and until when it lets somebody in. */
export type SignInLink = { readonly token: string; readonly expiresAtMs: number };

const validMs = 86_400_000;
/** More links than this need not be out for one user: the oldest then lets nobody in any more. */
const perUser = 10;

/** Links that sign their user in, once, for a day. */
export class SignInLinks {
  readonly #options: SignInLinksOptions;

  constructor(options: SignInLinksOptions) {
    this.#options = options;
  }

  /** @param by who has asked for it */
  async make(user: UserName, by: string): Promise<SignInLink> {
    const { store, wallClock, random, audit } = this.#options;
    const [token, nowMs] = [newSecret(random), wallClock()];
    await store.expire(nowMs);
    const others = (await store.all(nowMs)).filter((one) => one.user === user);
    for (const { hash } of others.slice(0, Math.max(0, others.length - perUser + 1))) await store.remove(hash);
    const expiresAtMs = nowMs + validMs;
    await store.add({ hash: hashOf(token), user, expiresAtMs });
    audit({ kind: "invited", user, by });
    return { token, expiresAtMs };
  }

  /** Whom a link is for; it can still be used afterwards. `undefined`: it is unknown, used up or too old. */
  async look(token: string): Promise<User | undefined> {
    const { store, wallClock, users } = this.#options;
    const found = await store.get(hashOf(token), wallClock());
    return found && users().get(found.user);
  }

  /** Uses a link up. */
  async take(token: string): Promise<User | undefined> {
    const { store, wallClock, users } = this.#options;
    const found = await store.take(hashOf(token), wallClock());
    return found && users().get(found.user);
  }

  /** Lets nobody in any more by the links of those who are meant. */
  async withdraw(isMeant: (user: UserName) => boolean): Promise<void> {
    const { store, wallClock } = this.#options;
    for (const { hash, user } of await store.all(wallClock())) if (isMeant(user)) await store.remove(hash);
  }
}
