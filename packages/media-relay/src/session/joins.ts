import type { JoinableLeg } from "../leg/leg.ts";

/** Who is joined to whom: each leg to at most one other. */
export class Joins {
  readonly #partners = new Map<JoinableLeg, JoinableLeg>();

  /** Undoes earlier joins of both, then lets each hear the other. */
  join(a: JoinableLeg, b: JoinableLeg): void {
    this.part(a);
    this.part(b);
    this.#partners.set(a, b);
    this.#partners.set(b, a);
    a.joinTo(b.send);
    b.joinTo(a.send);
  }

  /** Undoes the join of a leg that may have none. */
  part(leg: JoinableLeg): void {
    const partner = this.#partners.get(leg);
    if (partner === undefined) return;
    this.#partners.delete(leg);
    this.#partners.delete(partner);
    leg.joinTo(undefined);
    partner.joinTo(undefined);
  }
}
