import type { Clock, RandomBytes } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import { randomName } from "../kernel/names.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Session, Sessions, SignInWay } from "../store/sessions.ts";
import { type Audit, byItself, type SessionEnd } from "./audit.ts";
import { hashOf, newSecret } from "./secret.ts";

/** Who asks to be let in: where from, and with which browser, in words. */
export type Visitor = { readonly source: string; readonly browser: string };

export type LiveSessionsOptions = {
  readonly store: Sessions;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  readonly audit: Audit;
  /** How long a session lasts. */
  readonly days: number;
};

const dayMs = 86_400_000;
/** The last use is noted no more often than this. */
const notedEveryMs = 600_000;
const sweepMs = 60_000;
const perUser = 50;

/** The browsers that are signed in. A session ends at its time, by its user, by an operator, and with its user. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  #onEnded: (session: Session, why: SessionEnd) => void = () => {};
  #stopSweep: () => void;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#stopSweep = this.#sweepLater();
  }

  /** How long a cookie lasts. */
  get maxAgeSeconds(): number {
    return (this.#options.days * dayMs) / 1000;
  }

  /** Who hears that a session is over: its sockets are to be closed. */
  hearEnds(onEnded: (session: Session, why: SessionEnd) => void): void {
    this.#onEnded = onEnded;
  }

  /** Signs a browser in. @returns the session, and the value of its cookie, which is kept nowhere */
  async begin(
    user: UserName,
    way: SignInWay,
    visitor: Visitor,
    passkey?: string,
  ): Promise<{ readonly session: Session; readonly cookie: string }> {
    const { store, random, wallClock, days, audit } = this.#options;
    const [cookie, nowMs] = [newSecret(random), wallClock()];
    const session: Session = {
      id: randomName(random, 8),
      hash: hashOf(cookie),
      user,
      way,
      ...(passkey !== undefined && { passkey }),
      browser: visitor.browser,
      createdAtMs: nowMs,
      usedAtMs: nowMs,
      expiresAtMs: nowMs + days * dayMs,
    };
    const others = await this.of(user);
    for (const { id } of others.slice(0, Math.max(0, others.length - perUser + 1)))
      await this.end(id, "replaced", byItself);
    await store.add(session);
    audit({ kind: "signed-in", user, session: session.id, way, ...visitor });
    return { session, cookie };
  }

  /** The session of a cookie; `undefined` where there is none. */
  async withCookie(cookie: string): Promise<Session | undefined> {
    const { store, wallClock } = this.#options;
    const nowMs = wallClock();
    const session = await store.withHash(hashOf(cookie), nowMs);
    // A disk that takes nothing keeps nobody out who is in.
    if (session !== undefined && nowMs - session.usedAtMs >= notedEveryMs)
      await store.note(session.id, { usedAtMs: nowMs }).catch(() => {});
    return session;
  }

  /** A passkey was made in a session: whoever takes the one back ends the other. */
  async bindTo(id: string, passkey: string): Promise<void> {
    await this.#options.store.note(id, { passkey });
  }

  all(): Promise<readonly Session[]> {
    return this.#options.store.all(this.#options.wallClock());
  }

  /** Those of one user, oldest first. */
  async of(user: UserName): Promise<readonly Session[]> {
    return (await this.all()).filter((session) => session.user === user);
  }

  /** Ends a session. @returns false when there is none of this id */
  async end(id: string, why: SessionEnd, by: string): Promise<boolean> {
    return (await this.endAll((session) => session.id === id, why, by)) > 0;
  }

  /** Ends all those that are meant. @returns how many */
  async endAll(isMeant: (session: Session) => boolean, why: SessionEnd, by: string): Promise<number> {
    const ended = (await this.all()).filter(isMeant);
    for (const session of ended) {
      await this.#options.store.remove(session.id);
      this.#ended(session, why, by);
    }
    return ended.length;
  }

  close(): void {
    this.#stopSweep();
  }

  #ended(session: Session, why: SessionEnd, by: string): void {
    const { id, user } = session;
    this.#options.audit({ kind: "session-ended", user, session: id, why, by });
    this.#onEnded(session, why);
  }

  #sweepLater(): () => void {
    return this.#options.clock.after(sweepMs, () => {
      this.#stopSweep = this.#sweepLater();
      void this.#sweep().catch(() => {});
    });
  }

  async #sweep(): Promise<void> {
    for (const session of await this.#options.store.expire(this.#options.wallClock()))
      this.#ended(session, "expired", byItself);
  }
}
