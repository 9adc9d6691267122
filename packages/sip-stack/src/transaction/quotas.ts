import { networkOf } from "../kernel/network.ts";
import type { Standing } from "../transport/standing.ts";

/** What a request asks for room for. */
export type Claim = {
  readonly standing: Standing;
  /** The IP address that it came from. */
  readonly address: string;
  /** Its size as it came. */
  readonly bytes: number;
  /** It ends something that exists (in a dialog, CANCEL): there is as much room again for those. */
  readonly isWithin: boolean;
};

type Usage = { count: number; bytes: number };

/** Why there is no room, as it is counted. */
export type NoRoom = "too many transactions" | "too many transactions of one source";

/** A usual request with what a transaction needs besides. */
const usualBytes = 2500;
/** What a transaction holds at least: timers, keys, our part of the response. */
const overheadBytes = 1000;

/** Shares of the limit by standing, and of that for one source. */
const shares: Readonly<Record<Standing, { readonly pool: number; readonly source: number }>> = {
  trusted: { pool: 1, source: 1 },
  known: { pool: 1 / 2, source: 1 / 8 },
  unknown: { pool: 1 / 8, source: 1 / 8 },
};

/**
 * Bounds the server transactions in number and bytes. Each standing has a pool that the others cannot fill, and each
 * source (IPv6: /64) a share of its pool.
 */
export class Quotas {
  readonly #max: number;
  readonly #pools: Readonly<Record<Standing, Pool>>;

  constructor(maxTransactions: number) {
    this.#max = maxTransactions;
    this.#pools = { trusted: new Pool(), known: new Pool(), unknown: new Pool() };
  }

  /** Takes room for a transaction. @returns what gives it back, or why there is none */
  take(claim: Claim): (() => void) | NoRoom {
    const pool = this.#pools[claim.standing];
    const share = shares[claim.standing];
    const max = Math.ceil(this.#max * share.pool) * (claim.isWithin ? 2 : 1);
    const bytes = claim.bytes + overheadBytes;
    if (!hasRoom(pool.all, bytes, max)) return "too many transactions";
    const source = networkOf(claim.address);
    if (!hasRoom(pool.of(source), bytes, Math.ceil(max * share.source))) return "too many transactions of one source";
    pool.add(source, 1, bytes);
    return () => pool.add(source, -1, -bytes);
  }
}

const hasRoom = (usage: Usage, bytes: number, max: number): boolean =>
  usage.count < max && (usage.count === 0 || usage.bytes + bytes <= max * usualBytes);

const nothing: Usage = { count: 0, bytes: 0 };

/** What the transactions of one standing hold, together and by source. */
class Pool {
  readonly all: Usage = { ...nothing };
  readonly #bySource = new Map<string, Usage>();

  of(source: string): Readonly<Usage> {
    return this.#bySource.get(source) ?? nothing;
  }

  add(source: string, count: number, bytes: number): void {
    const usage = this.#bySource.get(source) ?? { ...nothing };
    for (const one of [this.all, usage]) {
      one.count += count;
      one.bytes += bytes;
    }
    if (usage.count === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, usage);
  }
}
