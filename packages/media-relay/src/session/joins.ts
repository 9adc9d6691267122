import type { JoinEnd } from "../leg/leg.ts";

/** Who is joined to whom in a relay: each leg to at most one other, of whatever session. */
export class Joins {
  readonly #partners = new Map<JoinEnd, JoinEnd>();

  /** Undoes earlier joins of both, then lets each hear the other. */
  join(a: JoinEnd, b: JoinEnd): void {
    this.part(a);
    this.part(b);
    this.#partners.set(a, b);
    this.#partners.set(b, a);
    a.joinTo(b.send, b);
    b.joinTo(a.send, a);
  }

  /** Undoes the join of a leg that may have none. */
  part(leg: JoinEnd): void {
    const partner = this.#partners.get(leg);
    if (partner === undefined) return;
    this.#partners.delete(leg);
    this.#partners.delete(partner);
    leg.joinTo(undefined);
    partner.joinTo(undefined);
  }

  areJoined(a: JoinEnd, b: JoinEnd): boolean {
    return this.#partners.get(a) === b;
  }
}
