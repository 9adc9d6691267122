import { promises as dns } from "node:dns";
import type { Answer, Resolver } from "./resolver.ts";

/** Which name servers (`address` or `address:port`; default: the machine's) are asked how often and how long each time. */
export type SystemResolverOptions = {
  readonly servers?: readonly string[];
  readonly timeoutMs?: number;
  readonly tries?: number;
};

// Node tells the TTL of A and AAAA records only.
const unknownTtlMs = 60_000;
const absentMs = 30_000;
const absent = new Set<unknown>(["ENODATA", "ENOTFOUND"]);

/**
 * DNS as node:dns asks it. Departs: the machine's hosts file is not read, only name servers are asked; NAPTR and SRV
 * records are kept for a minute whatever their TTL, which Node does not tell. A {@link Resolver} of one's own may know it.
 */
export function systemResolver(options: SystemResolverOptions = {}): Resolver {
  const resolver = new dns.Resolver({ timeout: options.timeoutMs ?? 2_000, tries: options.tries ?? 2 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  return {
    naptr: (name) => answer(resolver.resolveNaptr(name), (records) => ({ records, keepMs: unknownTtlMs })),
    srv: (name) =>
      answer(resolver.resolveSrv(name), (found) => {
        const records = found.map(({ name: target, ...rest }) => ({ ...rest, target }));
        return { records, keepMs: unknownTtlMs };
      }),
    addresses: (name, family) => {
      const asked = family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true });
      return answer(asked, (found) => ({
        records: found.map(({ address }) => address),
        keepMs: 1000 * Math.min(...found.map(({ ttl }) => ttl)),
      }));
    },
  };
}

async function answer<Found, Record>(
  asked: Promise<Found[]>,
  read: (found: Found[]) => Answer<Record>,
): Promise<Answer<Record>> {
  try {
    return read(await asked);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && absent.has(error.code);
    return { records: [], keepMs: isAbsent ? absentMs : 0 };
  }
}
