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

/**
 * Told that a session is over, and why: its sockets are to be closed. What it had open is its `successor`'s where one has taken
 * its place.
 */
export type OnEnded = (session: Session, why: SessionEnd, successor?: Session) => void;

const dayMs = 86_400_000;
/** The last use is noted no more often than this. */
const notedEveryMs = 600_000;
const sweepMs = 60_000;
const perUser = 50;

/** The browsers that are signed in. A session ends at its time, by its user, by an operator, and with its user. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  #onEnded: OnEnded = () => {};
  #stopSweep: () => void;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#stopSweep = this.#sweepLater();
  }

  /** How long a cookie lasts. */
  get maxAgeSeconds(): number {
    return (this.#options.days * dayMs) / 1000;
  }

  /** Who hears that a session is over. */
  hearEnds(onEnded: OnEnded): void {
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
      await store.used(session.id, nowMs).catch(() => {});
    return session;
  }

  /** Whether a session has not ended in the meantime. */
  async lives(id: string): Promise<boolean> {
    return (await this.all()).some((session) => session.id === id);
  }

  all(): Promise<readonly Session[]> {
    return this.#options.store.all(this.#options.wallClock());
  }

  /** Those of one user, oldest first. */
  async of(user: UserName): Promise<readonly Session[]> {
    return (await this.all()).filter((session) => session.user === user);
  }

  /**
   * Ends a session, if there is one of this id.
   * @param successor the session that takes its place in the same browser
   */
  async end(id: string, why: SessionEnd, by: string, successor?: Session): Promise<void> {
    await this.endAll((session) => session.id === id, why, by, successor);
  }

  /** Ends all those that are meant. @returns them */
  async endAll(
    isMeant: (session: Session) => boolean,
    why: SessionEnd,
    by: string,
    successor?: Session,
  ): Promise<readonly Session[]> {
    const ended = (await this.all()).filter(isMeant);
    for (const session of ended) {
      await this.#options.store.remove(session.id);
      this.#ended(session, why, by, successor);
    }
    return ended;
  }

  close(): void {
    this.#stopSweep();
  }

  #ended(session: Session, why: SessionEnd, by: string, successor?: Session): void {
    const { id, user } = session;
    this.#options.audit({ kind: "session-ended", user, session: id, why, by });
    this.#onEnded(session, why, successor);
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
