import type { Clock } from "../kernel/clock.ts";
import type { Answer, Resolver } from "./resolver.ts";

type Entry = { readonly answer: Promise<Answer<never>>; untilMs: number };

const defaultMaxEntries = 256;
const longestMs = 3_600_000;

/**
 * Keeps the answers of a resolver as long as they allow, an hour at most; who asks while an answer is under way waits
 * for that one. Above `maxEntries` the oldest is forgotten.
 */
export function cachingResolver(resolver: Resolver, clock: Clock, maxEntries = defaultMaxEntries): Resolver {
  const entries = new Map<string, Entry>();

  const keep = <Record>(key: string, answer: Promise<Answer<Record>>): Promise<Answer<Record>> => {
    const entry: Entry = { answer: answer as Promise<Answer<never>>, untilMs: Number.POSITIVE_INFINITY };
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    void answer.then(({ keepMs }) => {
      entry.untilMs = clock.nowMs() + Math.min(keepMs, longestMs);
    });
    return answer;
  };

  const ask = <Record>(kind: string, name: string, look: () => Promise<Answer<Record>>): Promise<Answer<Record>> => {
    const key = `${kind} ${name.toLowerCase()}`;
    const known = entries.get(key);
    return known !== undefined && clock.nowMs() < known.untilMs ? known.answer : keep(key, look());
  };

  return {
    naptr: (name) => ask("NAPTR", name, () => resolver.naptr(name)),
    srv: (name) => ask("SRV", name, () => resolver.srv(name)),
    addresses: (name, family) => ask(`IPv${family}`, name, () => resolver.addresses(name, family)),
  };
}
