import type { RandomBytes } from "../kernel/random.ts";
import type { RefusalReason } from "../kernel/refusals.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import type { Fingerprint, Identity } from "./certificate.ts";
import type { Flights } from "./flight.ts";
import type { HandshakeMessage } from "./handshake-message.ts";
import type { WriteKeys } from "./key-schedule.ts";

/** Options of an association. */
export type DtlsOptions = {
  readonly identity: Identity;
  /** The fingerprints in the peer's SDP, read when its certificate arrives. */
  readonly fingerprints: () => readonly Fingerprint[];
  /** SRTP protection profiles in order of preference. */
  readonly srtpProfiles: readonly SrtpKeys["profile"][];
};

/** Why a message was rejected. Its retransmission may be accepted. */
export type Refused = {
  readonly reason: RefusalReason;
  /** The failure to report if no better message arrives. */
  readonly why?: string;
  /** An earlier message of the flight may be forged: the whole flight is needed again. */
  readonly rewinds?: true;
};

/** The services a role uses. */
export interface Association {
  readonly options: DtlsOptions;
  readonly random: RandomBytes;
  readonly flights: Flights;
  /** Sets the keys for the peer's protected records. */
  readWith(keys: WriteKeys): void;
  /** Reports that both sides are authenticated. */
  connect(keys: SrtpKeys): void;
}

/**
 * The result for a message. `flight-complete`: accepted, and the next message starts a new flight. `aside`: answered, but not part of
 * the handshake.
 */
export type Taken = "taken" | "flight-complete" | "aside" | Refused;

/** The client or server side of the handshake. */
export interface Role {
  /** Whether messages of this type are valid now. */
  expects(type: number): boolean;
  /** Whether the peer's hello is awaited, whose number is not known. */
  readonly isOpening: boolean;
  /** Whether a message may be the first one. */
  opens(message: HandshakeMessage): boolean;
  /** Sends the first flight, if this side starts. */
  begin(): void;
  /** Processes a message. */
  take(message: HandshakeMessage): Taken;
  /** Returns to the start of the peer's flight. */
  rewind(): void;
}
