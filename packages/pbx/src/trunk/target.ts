import { type Address, sameAddress } from "@trunkline/sip-stack";

/** One address that the trunk's host resolves to, and how it fares. */
export type Target = Address & {
  /** What the last OPTIONS told; absent until the first has been answered or not. */
  readonly healthy?: boolean;
  readonly roundTripMs?: number;
  readonly lastStatus?: number;
  /** Our address as it has seen us. */
  readonly seenAs?: string;
};

/** Keeps what is known of addresses that are still there. */
export function refreshTargets(known: readonly Target[], addresses: readonly Address[]): readonly Target[] {
  return addresses.map((address) => known.find((target) => sameAddress(target, address)) ?? address);
}

const maxTries = 4;

/** The addresses for the next call in the order in which they are tried: those that are known to be dead come last. */
export const inOrder = (targets: readonly Target[]): readonly Target[] =>
  [...targets.filter(({ healthy }) => healthy !== false), ...targets.filter(({ healthy }) => healthy === false)].slice(
    0,
    maxTries,
  );
