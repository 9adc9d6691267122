/** Base of every failure this package reports; `code` is stable, the message is for people. */
export abstract class RelayError extends Error {
  abstract readonly code: RelayErrorCode;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Every code with what it means, in one sentence; the error reference is generated from it. */
export const relayErrorMeanings = {
  MEDIA_NO_PORT: "No port of the configured range could be bound: all are in use, resting, or held by another process.",
  MEDIA_SDP_REFUSED: "The browser's SDP cannot be used; the message says which line and why.",
  MEDIA_SESSION_CLOSED: "The session was closed before or while this was asked of it.",
  MEDIA_LEG_UNKNOWN: "The session has no leg of that id, or the leg was closed.",
  MEDIA_LEGS_FULL: "The session has as many legs as a session may have.",
  MEDIA_SESSIONS_FULL: "The relay has as many sessions as it may have.",
  MEDIA_REMOTE_INVALID:
    "What a plain leg is to be connected to cannot be used: a network that is none, or a key of a wrong length.",
  MEDIA_SOURCE_INVALID: "A tone or an announcement is outside what can be played.",
  MEDIA_WORKER_GONE:
    "The thread that carried this session's media, or this leg's handshake, ended; the session, or the handshake, is lost.",
  MEDIA_FAULT: "An unexpected fault inside the relay; the cause is in the message.",
} as const;

/** The codes of this package's errors. */
export type RelayErrorCode = keyof typeof relayErrorMeanings;

export class NoPort extends RelayError {
  readonly code = "MEDIA_NO_PORT";
}
export class SdpRefused extends RelayError {
  readonly code = "MEDIA_SDP_REFUSED";
}
export class SessionClosed extends RelayError {
  readonly code = "MEDIA_SESSION_CLOSED";
}
export class LegUnknown extends RelayError {
  readonly code = "MEDIA_LEG_UNKNOWN";
}
export class LegsFull extends RelayError {
  readonly code = "MEDIA_LEGS_FULL";
}
export class SessionsFull extends RelayError {
  readonly code = "MEDIA_SESSIONS_FULL";
}
export class RemoteInvalid extends RelayError {
  readonly code = "MEDIA_REMOTE_INVALID";
}
export class SourceInvalid extends RelayError {
  readonly code = "MEDIA_SOURCE_INVALID";
}
export class WorkerGone extends RelayError {
  readonly code = "MEDIA_WORKER_GONE";
}
export class RelayFault extends RelayError {
  readonly code = "MEDIA_FAULT";
}

const classes: { readonly [Code in RelayErrorCode]: new (message: string, options?: ErrorOptions) => RelayError } = {
  MEDIA_NO_PORT: NoPort,
  MEDIA_SDP_REFUSED: SdpRefused,
  MEDIA_SESSION_CLOSED: SessionClosed,
  MEDIA_LEG_UNKNOWN: LegUnknown,
  MEDIA_LEGS_FULL: LegsFull,
  MEDIA_SESSIONS_FULL: SessionsFull,
  MEDIA_REMOTE_INVALID: RemoteInvalid,
  MEDIA_SOURCE_INVALID: SourceInvalid,
  MEDIA_WORKER_GONE: WorkerGone,
  MEDIA_FAULT: RelayFault,
};

/** The error of a code: how an error crosses a thread. */
export const relayError = (code: RelayErrorCode, message: string, options?: ErrorOptions): RelayError =>
  new classes[code](message, options);

/** Any thrown value as an error of this package; what is not one of ours becomes MEDIA_FAULT. */
export function asRelayError(cause: unknown): RelayError {
  if (cause instanceof RelayError) return cause;
  return new RelayFault(cause instanceof Error ? cause.message : String(cause), { cause });
}
