import type { Address } from "../kernel/datagrams.ts";
import { LegUnknown, SessionClosed } from "../kernel/errors.ts";
import type { JoinableLeg, LegId } from "../leg/leg.ts";
import { LoopbackLeg } from "../leg/loopback-leg.ts";
import type { SessionPlace } from "./place.ts";

/** An end of a splice, and where it receives. */
export type LoopbackEnd = { readonly leg: LegId; readonly at: Address };

/** What the ends of splices need of their session. */
export interface LoopbackUser {
  newLegId(): LegId;
  /** @throws LegUnknown or SessionClosed */
  find(leg: LegId): JoinableLeg;
  /** Makes one more leg when there is room for it. Rejects with MEDIA_LEGS_FULL. */
  admit<T>(make: () => Promise<T>): Promise<T>;
}

/** The ends of splices that a session has to other threads. Its user knows nothing of them; they are closed with it. */
export class Loopbacks {
  readonly #place: SessionPlace;
  readonly #user: LoopbackUser;
  readonly #legs = new Map<LegId, LoopbackLeg>();
  #isClosed = false;
  constructor(place: SessionPlace, user: LoopbackUser) {
    this.#place = place;
    this.#user = user;
  }

  get size(): number {
    return this.#legs.size;
  }

  /** Opens an end. Rejects with MEDIA_NO_PORT, MEDIA_LEGS_FULL or MEDIA_SESSION_CLOSED. */
  async open(): Promise<LoopbackEnd> {
    const id = this.#user.newLegId();
    const { plainPorts } = this.#place;
    const leg = await this.#user.admit(() => LoopbackLeg.open(this.#place, plainPorts));
    if (this.#isClosed) await leg.close();
    if (this.#isClosed) throw new SessionClosed("the session was closed meanwhile");
    this.#legs.set(id, leg);
    return { leg: id, at: leg.local };
  }

  /** Joins a leg of the session to an end that was opened, and tells that where the other end is. Rejects with MEDIA_LEG_UNKNOWN. */
  async join(joined: LegId, end: LegId, other: Address): Promise<void> {
    const leg = this.#user.find(joined);
    const loopback = this.#legs.get(end);
    if (loopback === undefined) throw new LegUnknown(`the end ${end} of a splice is closed`);
    loopback.connect(other);
    this.#place.joins.join(leg, loopback);
  }

  /** Parts and closes an end; idempotent. */
  async close(end: LegId): Promise<void> {
    const leg = this.#legs.get(end);
    if (leg === undefined) return;
    this.#legs.delete(end);
    this.#place.joins.part(leg);
    await leg.close();
  }

  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#legs.keys(), (end) => this.close(end)));
  }
}
