import { isIPv6 } from "node:net";
import type { LocalCrypto } from "./crypto.ts";
import type { Crypto, MediaLine } from "./description.ts";
import type { Direction } from "./direction.ts";

/** Where we receive one audio stream: the public address and both ports. */
export type LocalAudio = {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** What the stream is to be encrypted with (RTP/SAVP), the preferred first; without it it is in clear (RTP/AVP). */
  readonly crypto?: readonly LocalCrypto[];
};

/** One audio stream of ours: PCMU, and telephone-event unless the other side has none. */
export type AudioStream = {
  readonly protocol: string;
  readonly local: LocalAudio;
  readonly pcmu: number;
  readonly telephoneEvent: number | undefined;
  readonly direction: Direction;
  /** Our a=crypto lines: all that we offer, or the one that we answer with. */
  readonly crypto: readonly Crypto[];
};

/** A stream of the description: ours, or one of the other side's that is refused in its place. */
export type Stream = AudioStream | { readonly refused: MediaLine };

/** Writes a session description, RFC 8866: everything but its origin line is the same for the same streams. */
export function formatSdp(
  origin: { readonly id: string; readonly version: number },
  address: string,
  streams: readonly Stream[],
): string {
  const place = `IN IP${isIPv6(address) ? 6 : 4} ${address}`;
  const session = ["v=0", `o=- ${origin.id} ${origin.version} ${place}`, "s=-", `c=${place}`, "t=0 0"];
  return [...session, ...streams.flatMap(streamLines), ""].join("\r\n");
}

function streamLines(stream: Stream): string[] {
  return "refused" in stream ? [refusedLine(stream.refused)] : audioLines(stream);
}

// RFC 3264 section 6: a refused stream keeps its place, type and protocol, with port 0 and any formats.
function refusedLine({ type, protocol, formats }: MediaLine): string {
  return `m=${type} 0 ${protocol} ${formats.join(" ")}`;
}

function audioLines({ protocol, local, pcmu, telephoneEvent, direction, crypto }: AudioStream): string[] {
  const formats = telephoneEvent === undefined ? `${pcmu}` : `${pcmu} ${telephoneEvent}`;
  const events =
    telephoneEvent === undefined
      ? []
      : [`a=rtpmap:${telephoneEvent} telephone-event/8000`, `a=fmtp:${telephoneEvent} 0-15`];
  return [
    `m=audio ${local.rtpPort} ${protocol} ${formats}`,
    `a=rtpmap:${pcmu} PCMU/8000`,
    ...events,
    "a=ptime:20",
    `a=rtcp:${local.rtcpPort}`,
    ...crypto.map(({ tag, suite, keys }) => `a=crypto:${tag} ${suite} ${keys}`),
    `a=${direction}`,
  ];
}
