import {
  anonymousFrom,
  type Credentials,
  type Flow,
  type OutgoingCallOptions,
  type Target as Place,
  type Reach,
  type TransportKind,
} from "@trunkline/sip-stack";
import { formatHostPort, type HostPort } from "../domain/address.ts";
import type { E164 } from "../domain/names.ts";
import { type Party, partyName } from "../domain/party.ts";
import type { User } from "../domain/user.ts";
import type { MediaPeer } from "../media/leg.ts";

/** Somebody who can be rung: an address for the INVITE, and who it is. */
export type Target =
  /** What has registered is called back where its registration came from. */
  | {
      readonly kind: "browser" | "device";
      readonly user: User;
      readonly destination: Flow | Place;
      readonly contact: string;
    }
  | { readonly kind: "peer"; readonly user: User; readonly address: HostPort }
  | {
      readonly kind: "trunk";
      readonly number: E164;
      readonly callerId: E164;
      readonly domain: string;
      readonly destination: Place;
      /** Where the call goes on when that address fails, one after the other. */
      readonly others: readonly Place[];
      readonly reach: Reach;
      readonly credentials: Credentials | undefined;
    };

/** The domain of addresses that no other system ever resolves, RFC 2606. */
export const ownDomain = "trunkline.invalid";

export const partyOf = (target: Target): Party =>
  target.kind === "trunk"
    ? { kind: "trunk", number: target.number }
    : { kind: "user", user: target.user.name, displayName: target.user.displayName, callerId: target.user.callerId };

/** The tries that a target is worth: one, or one for each address of the trunk. */
export const triesOf = (target: Target): readonly [Target, ...Target[]] =>
  target.kind === "trunk"
    ? [target, ...target.others.map((destination) => ({ ...target, destination, others: [] }))]
    : [target];

/** A phone whose signalling nobody can read is trusted with keys in it (RFC 4568 section 7), unless it is known to have none. */
export const encrypts = ({ device }: User, transport: TransportKind): boolean =>
  transport === "tls" && device?.srtp !== false;

/** What a target understands. */
export function mediaPeerOf(target: Target): MediaPeer {
  switch (target.kind) {
    case "peer":
      return { kind: "phone", address: target.address.address, encrypted: false };
    case "device": {
      const { destination } = target;
      const address = "remote" in destination ? destination.remote.address : destination.address;
      return { kind: "phone", address, encrypted: encrypts(target.user, destination.transport) };
    }
    case "trunk":
      return { kind: "trunk", address: target.destination.address };
    case "browser":
      return { kind: "browser" };
  }
}

type Invitation = Pick<
  OutgoingCallOptions,
  "uri" | "from" | "to" | "destination" | "contactUser" | "reach" | "credentials"
>;

/**
 * How a target is invited. The trunk sees an owned number and E.164 alone; users see who calls, by number or by name.
 * @param publicAddress the host of our own address of record towards trunk and peers
 */
export function invitationOf(target: Target, caller: Party, publicAddress: string): Invitation {
  switch (target.kind) {
    case "trunk":
      return {
        uri: `sip:${target.number}@${target.domain}`,
        from: `<sip:${target.callerId}@${publicAddress}>`,
        to: `<sip:${target.number}@${target.domain}>`,
        destination: target.destination,
        ...(target.credentials && { credentials: target.credentials }),
        contactUser: target.callerId,
        reach: target.reach,
      };
    case "peer":
      return {
        uri: `sip:${target.user.name}@${formatHostPort(target.address)}`,
        from: callerAddress(caller, publicAddress),
        to: `<sip:${target.user.name}@${formatHostPort(target.address)}>`,
        destination: { transport: "udp", ...target.address },
        reach: ({ address, port }) => address === target.address.address && port === target.address.port,
      };
    case "browser":
    case "device": {
      const host = target.kind === "browser" ? ownDomain : publicAddress;
      return {
        uri: target.contact,
        from: callerAddress(caller, host),
        to: `<sip:${target.user.name}@${host}>`,
        destination: target.destination,
        reach: "flow",
      };
    }
  }
}

/** What has other characters than a number or a name is shown in words, and cannot be called back. */
function callerAddress(caller: Party, host: string): string {
  const user = partyName(caller);
  if (caller.kind === "trunk" && user === "anonymous") return anonymousFrom;
  const isPlain = /^[+\w.-]{1,64}$/.test(user);
  const address = isPlain ? `<sip:${user}@${host}>` : "<sip:anonymous@anonymous.invalid>";
  const shown = caller.displayName ?? user;
  return isPlain && shown === user ? address : `"${shown.replaceAll(/["\\\p{Cc}]/gu, "")}" ${address}`;
}
