import { makeRtp } from "@trunkline/media-relay/testing";
import type { Address } from "./requests.ts";

export const frameMs = 20;
const frameTicks = 160;
const payloadBytes = 160;
/** So that every stream passes the end of the circle of sequence numbers soon. */
const firstSeq = 65_500;

/** One direction of a call's one side, for the generator of load: what is sent from `local` to `remote`, ready made. */
export type Stream = {
  readonly local: Address;
  readonly remote: Address;
  /** The index of the stream whose packets come to `local`. */
  readonly hears: number;
  /** Opens what comes to `local`; absent when it comes unprotected. */
  readonly unprotect?: (packet: Uint8Array) => Uint8Array;
  readonly packets: readonly Uint8Array[];
};

/** Says which packet of which stream it is, then counts on from there. Made alike in rtp-load.c. */
export function payloadOf(stream: number, number: number): Uint8Array {
  const payload = Uint8Array.from({ length: payloadBytes }, (_, at) => stream + number + at);
  const view = new DataView(payload.buffer);
  view.setUint32(0, stream);
  view.setUint32(4, number);
  return payload;
}

/** The packets of a stream in clear: PCMU, one each 20 ms. */
export const clearPackets = (stream: number, count: number, ssrc = 0x1000 + stream): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, number) =>
    makeRtp(
      { payloadType: 0, seq: (firstSeq + number) & 0xffff, timestamp: number * frameTicks, ssrc },
      payloadOf(stream, number),
    ),
  );
