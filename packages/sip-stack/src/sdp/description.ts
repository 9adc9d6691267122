import type { Direction } from "./direction.ts";

/** Where a datagram goes: `address` is an IP address, or a host name that the other side wrote in its place. */
export type MediaAddress = { readonly address: string; readonly port: number };

/** A payload format of a stream, RFC 8866 section 6.6; `clockRate` in Hz. Static types need no rtpmap. */
export type Codec = {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  readonly fmtp?: string;
};

/**
 * One a=crypto line, RFC 4568 section 9.1. `keys`: its key parameters as written (`inline:...`), a secret; `session`: what
 * stands behind them.
 */
export type Crypto = {
  readonly tag: number;
  readonly suite: string;
  readonly keys: string;
  readonly session?: string;
};

/** What one audio stream of the other side says. */
export type AudioDescription = MediaAddress & {
  /** a=rtcp (RFC 3605), else the next port. */
  readonly rtcp: MediaAddress;
  /** RTP/AVP, UDP/TLS/RTP/SAVPF ... */
  readonly protocol: string;
  /** The writer's view. A connection address of 0.0.0.0 takes the receiving half away: `sendonly` or `inactive`. */
  readonly direction: Direction;
  /** In the writer's order of preference. */
  readonly codecs: readonly Codec[];
  readonly ptimeMs?: number;
  /** In the writer's order of preference; malformed ones are left out. */
  readonly crypto: readonly Crypto[];
};

/** One m= line, RFC 8866 section 5.14; `port` 0: refused or ended. */
export type MediaLine = {
  readonly type: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
};

/** A session description as far as calls need it. */
export type SessionDescription = {
  readonly origin: { readonly id: string; readonly version: string };
  /** The first audio stream that is not refused, one of plain RTP before others. */
  readonly audio: AudioDescription | undefined;
  /** Its place among `media`, -1 when there is none. */
  readonly audioIndex: number;
  readonly media: readonly MediaLine[];
};
