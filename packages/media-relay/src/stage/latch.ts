import type { Address } from "../kernel/datagrams.ts";
import type { RefusalReason, Tally } from "../kernel/refusals.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
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

/** Whom a latch that is armed waits for. */
export type Awaited = {
  allows(from: Address): boolean;
  /** Decrypts; nothing for what is not authentic. */
  readonly open: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
  readonly proof: Proof;
  /** Told once, before the packet that proved itself is passed on. */
  onLatched(source: Address): void;
};

/** Lets in nothing but the packet that proves where the peer is: symmetric RTP (RFC 4961), but only from where it is allowed. */
export const acceptFirst =
  ({ allows, open, proof, onLatched }: Awaited, tally: Tally, next: Sink): Ingress =>
  (bytes, from) => {
    if (!allows(from)) return tally.refuse("wrong-source");
    const packet = open === undefined ? bytes : open(bytes);
    const fault = packet === undefined ? "not-authentic" : proof(packet);
    if (packet === undefined || fault !== undefined) return tally.refuse(fault ?? "not-authentic");
    onLatched(from);
    next(packet);
  };

/** A packet of the stream: well formed, of a payload type that was agreed. */
export const rtpProof =
  ({ pcmu, telephoneEvent }: PayloadTypes): Proof =>
  (packet) => {
    const fault = rtpFault(packet);
    if (fault !== undefined) return fault;
    const type = rtp.payloadType(packet);
    return type === pcmu || type === telephoneEvent ? undefined : "unknown-payload-type";
  };

/** A report of a sender or a receiver. */
export const rtcpProof: Proof = (bytes) => {
  const read = readCompound(bytes);
  return read.ok && read.value.reports.length > 0 ? undefined : "rtcp-malformed";
};

/** Whether both are the same place. */
export const isSameAddress = (one: Address, other: Address): boolean =>
  one.port === other.port && one.address === other.address;
