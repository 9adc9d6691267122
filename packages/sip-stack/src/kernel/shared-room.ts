/** How many members a room holds, and how many of one source. */
export type RoomLimits = {
  readonly max: number;
  readonly perSource: number;
  /** Whether a full room makes place for a newcomer at the cost of the source that holds most. Default: no. */
  readonly evicts?: boolean;
  /** Whether a source that holds its share gives up its oldest member for a newer one. Default: no. */
  readonly renews?: boolean;
};

/** `full`: the room holds all it can; `share`: the source holds all that one source may. */
export type Entrance<Member> =
  | { readonly ok: true; readonly evicted?: Member }
  | { readonly ok: false; readonly why: "full" | "share" };

/**
 * Bounds members in number, in all and by their source. In a room that evicts, one source never keeps another out: the
 * oldest member of the source that holds most gives way to one of a source that holds less.
 */
export class SharedRoom<Member> {
  readonly #limits: RoomLimits;
  readonly #bySource = new Map<string, Set<Member>>();
  #size = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Admits a member of a source. An evicted member has left already. */
  enter(member: Member, source: string): Entrance<Member> {
    const { renews = false, perSource } = this.#limits;
    const own = this.#bySource.get(source) ?? new Set();
    if (own.size >= perSource) return renews ? this.#replace(own, source, member, source) : { ok: false, why: "share" };
    if (this.#size < this.#limits.max) return this.#add(member, source);
    const greediest = this.#limits.evicts === true ? this.#greediest() : undefined;
    if (greediest === undefined || greediest.members.size <= own.size) return { ok: false, why: "full" };
    return this.#replace(greediest.members, greediest.source, member, source);
  }

  /** Frees the member's place; does nothing when it has none. */
  leave(member: Member, source: string): void {
    const members = this.#bySource.get(source);
    if (members?.delete(member) !== true) return;
    this.#size -= 1;
    if (members.size === 0) this.#bySource.delete(source);
  }

  #replace(members: Set<Member>, of: string, member: Member, source: string): Entrance<Member> {
    const [evicted] = members;
    if (evicted !== undefined) this.leave(evicted, of);
    return { ...this.#add(member, source), ...(evicted !== undefined && { evicted }) };
  }

  #add(member: Member, source: string): { readonly ok: true } {
    const members = this.#bySource.get(source) ?? new Set();
    this.#bySource.set(source, members.add(member));
    this.#size += 1;
    return { ok: true };
  }

  #greediest(): { readonly source: string; readonly members: Set<Member> } | undefined {
    let most: { readonly source: string; readonly members: Set<Member> } | undefined;
    for (const [source, members] of this.#bySource)
      if (members.size > (most?.members.size ?? 0)) most = { source, members };
    return most;
  }
}
