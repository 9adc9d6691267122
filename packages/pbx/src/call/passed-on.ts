import { type IncomingCall, isWithheld } from "@trunkline/sip-stack";
import { anonymous, type Party } from "../domain/party.ts";
import type { Target } from "./target.ts";

type Fields = readonly (readonly [string, string])[];

/** What the INVITE to a target has from the caller's: the hops that are left (RFC 7332), the trunk's own headers. */
export type PassedOn = {
  readonly maxForwards: number;
  readonly headers: Fields;
  /** The user who calls, where their phone asks that no one is shown who that is (RFC 3323). */
  readonly withheld?: Party;
};

const limits = { headers: 16, octets: 2048 };
const usualHops = 70;

/**
 * Reads what a call passes on. Headers of the trunk alone cross, those named `X-` of its own, bounded; none of a caller who
 * withholds the number, for it may stand in them.
 */
export function passedOnBy({ invite }: IncomingCall, from: Party, isTrunk: boolean): PassedOn {
  const hops = Number(invite.headers.get("Max-Forwards") ?? usualHops);
  return {
    maxForwards: Math.min(hops, usualHops) - 1,
    headers: isTrunk && !isWithheld(invite) ? extensionsOf(invite) : [],
    ...(!isTrunk && isWithheld(invite) && { withheld: from }),
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

/**
 * The trunk gets no header of the caller's, only whether the user's number may be shown (RFC 3325 section 7): it needs the
 * number itself. A phone gets what the trunk has sent.
 */
export const passTo = (target: Target, { maxForwards, headers, withheld }: PassedOn) => ({
  maxForwards,
  headers: target.kind === "trunk" ? privacyOf(withheld) : headers,
});

const privacyOf = (withheld: Party | undefined): Fields => (withheld === undefined ? [] : [["Privacy", "id"]]);

/** Whom phones see as their caller. */
export const callerShown = (from: Party, { withheld }: PassedOn): Party => (from === withheld ? anonymous : from);
