import type { Clock } from "../kernel/clock.ts";
import type { Address } from "./address.ts";
import type { StandingOf } from "./standing.ts";
import type { StreamLimits } from "./stream-flow.ts";

/** What TCP and TLS transports have in common. */
export type StreamOptions = {
  /** Where connections are accepted, and from which address they are opened (a wildcard: the system's choice). */
  readonly bind: Address;
  /** Who may connect at all; others are closed at once and counted. Default: everyone. */
  readonly admits?: (remote: Address) => boolean;
  /** How well the source of a connection is known: each standing has room of its own. Default: everyone is trusted. */
  readonly standingOf?: StandingOf;
  /** Connections at most: opened ones, and as many accepted ones of trusted and of known sources. Default 1000. */
  readonly maxFlows?: number;
  /** Accepted connections of one trusted source (IPv6: one /64) at most; default 100. */
  readonly maxFlowsPerAddress?: number;
  /**
   * Accepted connections of one known source at most; default half of `maxFlows`. An office has all its phones behind one
   * NAT, and after a power cut their old connections remain for up to 15 minutes.
   */
  readonly maxKnownFlowsPerAddress?: number;
  /**
   * Accepted connections of unknown sources at most, and of one of them; default 256 and 128. Above the former the oldest
   * one of the source that holds most is closed.
   */
  readonly unknownFlows?: { readonly max: number; readonly perSource: number };
  /**
   * Default: 30 min idle, 32 s to finish a message, 4 s to connect, 2 s to close, 1 MiB waiting, no pings, 10 s for a
   * pong, 32 s for an unknown source to prove who it is, a keep-alive every 2 min to who has.
   */
  readonly limits?: Partial<StreamLimits>;
  readonly clock?: Clock;
};

/** The limits with their defaults; `pongMs` is that of RFC 5626 section 4.4.1. */
export function streamLimits(given: Partial<StreamLimits> = {}): StreamLimits {
  return {
    idleMs: 30 * 60_000,
    stallMs: 32_000,
    pongMs: 10_000,
    connectMs: 4_000,
    lingerMs: 2_000,
    provingMs: 32_000,
    keepAliveMs: 120_000,
    maxBufferedBytes: 2 ** 20,
    ...given,
  };
}
