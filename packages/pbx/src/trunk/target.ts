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

/** The address for the next call: the first that is not known to be dead, else the first. */
export const chooseTarget = (targets: readonly Target[]): Target | undefined =>
  targets.find(({ healthy }) => healthy !== false) ?? targets[0];
