import type { Address } from "@trunkline/sip-stack";

/** One address that the trunk's host resolves to, and how it fares. */
export type Target = Address & {
  /** What the last OPTIONS told; absent until the first has been answered or not. */
  readonly healthy?: boolean;
  readonly roundTripMs?: number;
  readonly lastStatus?: number;
};

/** The addresses of a host; an IP address is its own. Rejects when the name has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Keeps what is known of addresses that are still there. */
export function refreshTargets(
  known: readonly Target[],
  addresses: readonly string[],
  port: number,
): readonly Target[] {
  return addresses.map((address) => known.find((target) => target.address === address) ?? { address, port });
}

const maxTries = 4;

/** The addresses for the next call in the order in which they are tried: those that are known to be dead come last. */
export const inOrder = (targets: readonly Target[]): readonly Target[] =>
  [...targets.filter(({ healthy }) => healthy !== false), ...targets.filter(({ healthy }) => healthy === false)].slice(
    0,
    maxTries,
  );
