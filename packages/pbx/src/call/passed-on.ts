import { type IncomingCall, isWithheld } from "@trunkline/sip-stack";
import type { Target } from "./target.ts";

/** What the INVITE to a target has from the caller's: the hops that are left (RFC 7332), the trunk's own headers. */
export type PassedOn = { readonly maxForwards: number; readonly headers: readonly (readonly [string, string])[] };

const limits = { headers: 16, octets: 2048 };
const usualHops = 70;

/**
 * Reads what a call passes on. Headers of the trunk alone cross, those named `X-` of its own, bounded; none of a caller who
 * withholds the number, for it may stand in them.
 */
export function passedOnBy({ invite }: IncomingCall, isTrunk: boolean): PassedOn {
  const hops = Number(invite.headers.get("Max-Forwards") ?? usualHops);
  return {
    maxForwards: Math.min(hops, usualHops) - 1,
    headers: isTrunk && !isWithheld(invite) ? extensionsOf(invite) : [],
  };
}

function extensionsOf({ headers }: IncomingCall["invite"]): readonly (readonly [string, string])[] {
  const found = [...headers].filter(([name]) => /^x-/i.test(name)).slice(0, limits.headers);
  let left = limits.octets;
  return found.filter(([name, value]) => {
    left -= name.length + value.length;
    return left >= 0;
  });
}

/** The trunk hears nothing of the caller's headers; a phone gets what the trunk has sent. */
export const passTo = (target: Target, { maxForwards, headers }: PassedOn): PassedOn => ({
  maxForwards,
  headers: target.kind === "trunk" ? [] : headers,
});
