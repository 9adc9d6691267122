import type { Address } from "../kernel/datagrams.ts";
import type { RefusalReason, Tally } from "../kernel/refusals.ts";
import { comfortNoise, innerTypes, type PayloadTypes } from "../packet/payload-types.ts";
import { readCompound } from "../packet/rtcp.ts";
import { rtp, rtpFault } from "../packet/rtp.ts";
import type { Sink } from "./stage.ts";

/** What comes from the network: a datagram and who sent it. */
export type Ingress = (bytes: Uint8Array, from: Address) => void;

/** Lets in only what comes from exactly that address and port (day-one row 18). */
export const acceptOnlyFrom =
  (remote: Address, tally: Tally, next: Sink): Ingress =>
  (bytes, from) => {
    if (isSameAddress(from, remote)) next(bytes);
    else tally.refuse("wrong-source");
  };

/** Before it is known who may speak: nobody. */
export const acceptNobody =
  (tally: Tally): Ingress =>
  () =>
    tally.refuse("not-connected");

/** Why a packet does not prove that its sender is the peer; `undefined` when it does. */
export type Proof = (packet: Uint8Array) => RefusalReason | undefined;

/** A packet of the stream: well formed, of a payload type that was agreed, or comfort noise of a peer that is silent. */
export const rtpProof = (receive: PayloadTypes, send: PayloadTypes): Proof => {
  const innerOf = innerTypes(receive, send);
  return (packet) => {
    const fault = rtpFault(packet);
    if (fault !== undefined) return fault;
    const type = rtp.payloadType(packet);
    return innerOf(type) !== undefined || type === comfortNoise ? undefined : "unknown-payload-type";
  };
};

/** A report of a sender or a receiver. */
export const rtcpProof: Proof = (bytes) => {
  const read = readCompound(bytes);
  return read.ok && read.value.reports.length > 0 ? undefined : "rtcp-malformed";
};

/** Whether both are the same place. */
export const isSameAddress = (one: Address, other: Address): boolean =>
  one.port === other.port && one.address === other.address;
