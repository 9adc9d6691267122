import { lookup } from "node:dns/promises";
import { type Address, locate, type RandomBytes, type Resolver, type TransportKind } from "@trunkline/sip-stack";
import type { TrunkConfig } from "../config/config.ts";

/** Where a trunk's host is, and for how many milliseconds that may be believed; no address: it has none, or nobody knows. */
export type Resolved = { readonly addresses: readonly Address[]; readonly keepMs: number };

/** Finds the addresses of a trunk's host. Never rejects. */
export type Resolve = (trunk: Pick<TrunkConfig, "host" | "port" | "transport">) => Promise<Resolved>;

const longestMs = 3_600_000;
const absentMs = 5_000;
/** What the machine's own table of names says has no time to live. */
const ownTableMs = 60_000;

/**
 * Looks the host up as RFC 3263 section 4.2 says: SRV records where the configuration names no port, else its addresses,
 * of IPv4 alone: Voice Connectors and their media have no other.
 * @param ownTable whether the machine's own table of names is asked for what DNS does not know
 */
export function trunkResolver(resolver: Resolver, random: RandomBytes, ownTable = true): Resolve {
  return async ({ host, port, transport }) => {
    const times = new Times(resolver);
    const place = { host, transport, ...(port !== undefined && { port }) };
    const options = { resolver: times, random, transports: [transport] as TransportKind[], families: [4] as const };
    const located: Address[] = [];
    for await (const { address, port: at } of locate(place, options)) located.push({ address, port: at });
    if (located.length > 0) return { addresses: located, keepMs: times.leastMs };
    const addresses = ownTable ? await inOwnTable(host) : [];
    if (addresses.length === 0) return { addresses: [], keepMs: absentMs };
    return {
      addresses: addresses.map((address) => ({ address, port: port ?? usualPort(transport) })),
      keepMs: ownTableMs,
    };
  };
}

/** Where nobody names a port, RFC 3261 section 19.1.2. */
export const usualPort = (transport: TrunkConfig["transport"]): number => (transport === "tls" ? 5061 : 5060);

async function inOwnTable(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true, family: 4 })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/** A resolver that remembers the shortest time for which one of its answers holds. */
class Times implements Resolver {
  readonly #resolver: Resolver;
  leastMs = longestMs;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  naptr: Resolver["naptr"] = async (name) => this.#note(await this.#resolver.naptr(name));
  srv: Resolver["srv"] = async (name) => this.#note(await this.#resolver.srv(name));
  addresses: Resolver["addresses"] = async (name, family) => this.#note(await this.#resolver.addresses(name, family));

  #note<Answer extends { readonly keepMs: number; readonly records: readonly unknown[] }>(answer: Answer): Answer {
    if (answer.records.length > 0) this.leastMs = Math.min(this.leastMs, answer.keepMs);
    return answer;
  }
}
