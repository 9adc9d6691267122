import { isIP } from "node:net";
import { type Cidr, isPrivate, liesIn, readCidr } from "../domain/address.ts";
import type { PlainLegOptions } from "./plain.ts";

/** Addresses behind a carrier's NAT, RFC 6598. */
const shared = readCidr("100.64.0.0/10")!;

/**
 * Where the trunk's RTP may come from, and where ours goes (decision 21). A trunk that names a private address outside its
 * own networks is behind a NAT, and one that names a host is not looked up: what we send follows its RTP. Any other is
 * sent to where its SDP says, even while another sender is heard.
 */
export const latchOfTrunk = (allow: readonly Cidr[]): Required<Pick<PlainLegOptions, "latch" | "follows">> => ({
  latch: allow.map(({ text }) => text),
  follows: (named) => isIP(named) === 0 || (isBehindNat(named) && !liesIn(allow, named)),
});

/** A phone's RTP may come from the address of its signalling, and what we send follows it. */
export const latchOfPhone = (signalling: string): Required<Pick<PlainLegOptions, "latch" | "signalling">> => ({
  latch: [signalling],
  signalling,
});

const isBehindNat = (address: string): boolean => isPrivate(address) || shared.contains(address);
