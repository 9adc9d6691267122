import { isIP } from "node:net";
import type { Clock, RandomBytes } from "@trunkline/sip-stack";
import type { AccessConfig } from "../config/config.ts";
import { asUserName, type UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Invitations } from "../store/invitations.ts";
import type { Passkey, Passkeys } from "../store/passkeys.ts";
import type { Sessions } from "../store/sessions.ts";
import { type Audit, byItself } from "./audit.ts";
import { LiveSessions } from "./live-sessions.ts";
import { OidcSignIn } from "./oidc-sign-in.ts";
import { PasskeySignIn, type RelyingParty } from "./passkey-sign-in.ts";
import { SignInLinks } from "./sign-in-links.ts";

export type SignInParts = {
  readonly config: AccessConfig;
  readonly invitations: Invitations;
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  /** Asked each time: who there is changes with the configuration. */
  readonly users: () => ReadonlyMap<UserName, User>;
  /** Where people reach us; known once that is bound. */
  readonly url: () => string;
  readonly audit: Audit;
};

/** What may be revoked: one session, one passkey with the sessions that hang on it, or all that a user has. */
export type Revoked = { readonly sessions: number; readonly passkeys: number };

/** How people come in, and what lets them in again. */
export class SignIn {
  readonly links: SignInLinks;
  readonly sessions: LiveSessions;
  readonly passkeys: PasskeySignIn;
  readonly oidc: OidcSignIn | undefined;
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    const { config, invitations, sessions, passkeys, url } = parts;
    this.#parts = parts;
    this.links = new SignInLinks({ ...parts, store: invitations });
    this.sessions = new LiveSessions({ ...parts, store: sessions, days: config.sessionDays });
    this.passkeys = new PasskeySignIn({ ...parts, store: passkeys, relyingParty: () => relyingPartyOf(url()) });
    this.oidc =
      config.oidc &&
      new OidcSignIn({ ...parts, config: config.oidc, returnUrl: () => new URL(oidcReturnPath, url()).href });
  }

  /** Whether passkeys can be made for the name by which people know us: an IP address can have none. */
  get hasPasskeys(): boolean {
    const { id } = relyingPartyOf(this.#parts.url());
    return isIP(id.replace(/^\[(.*)\]$/, "$1")) === 0;
  }

  /** Makes a link; `undefined` when there is no such user. */
  async invite(name: string, by: string): Promise<{ readonly url: string; readonly expiresAtMs: number } | undefined> {
    const user = this.#parts.users().get(asUserName(name));
    if (user === undefined) return undefined;
    const { token, expiresAtMs } = await this.links.make(user.name, by);
    return { url: `${new URL("/", this.#parts.url()).href}#join=${token}`, expiresAtMs };
  }

  /**
   * Ends a session, or takes a passkey back and ends the sessions that were begun with it and the one in which it was made.
   * The links of whose that was let nobody in any more: whoever had the session may have made one.
   * @param isMeant whether whoever revokes may do that to this user
   */
  async revoke(id: string, by: string, isMeant: (user: UserName) => boolean = () => true): Promise<Revoked> {
    const isThis = (one: Passkey): boolean => one.id === id && isMeant(one.user);
    const passkey = (await this.passkeys.all()).find(isThis);
    const sessions = await this.sessions.endAll(
      (one) => isMeant(one.user) && (one.id === id || one.passkey === id || one.id === passkey?.session),
      "revoked",
      by,
    );
    const passkeys = await this.passkeys.removeAll(isThis, by);
    const users = new Set([...sessions, ...(passkey === undefined ? [] : [passkey])].map(({ user }) => user));
    await this.links.withdraw((user) => users.has(user));
    return { sessions: sessions.length, passkeys };
  }

  /** Takes back all that lets a user in: sessions, passkeys, links. */
  async revokeUser(user: string, by: string): Promise<Revoked> {
    await this.links.withdraw((one) => one === user);
    const sessions = await this.sessions.endAll((one) => one.user === user, "revoked", by);
    const passkeys = await this.passkeys.removeAll((one) => one.user === user, by);
    return { sessions: sessions.length, passkeys };
  }

  /** Whoever is no user any more is signed out, and comes in by nothing should there be a user of his name again. */
  async keepUsers(): Promise<void> {
    const users = this.#parts.users();
    await this.links.withdraw((user) => !users.has(user));
    await this.passkeys.removeAll(({ user }) => !users.has(user), byItself);
    await this.sessions.endAll(({ user }) => !users.has(user), "user-removed", byItself);
  }

  close(): void {
    this.sessions.close();
  }
}

/** Where an OpenID Connect provider sends people back to. */
export const oidcReturnPath = "/api/oidc/return";

function relyingPartyOf(url: string): RelyingParty {
  const { origin, hostname } = new URL(url);
  return { id: hostname, origins: [origin] };
}
