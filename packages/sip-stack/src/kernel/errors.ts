/** Every code of the family, the SIP status that it becomes and what it means in a sentence. */
export const sipErrors = {
  SIP_TRANSACTION_TIMEOUT: { status: 408, meaning: "No final response came within 64*T1." },
  SIP_TRANSPORT_FAILED: {
    status: 503,
    meaning: "The message could not be handed to the network or the connection is gone.",
  },
  SIP_NEXT_HOP_REFUSED: { status: 503, meaning: "No transport leads to the peer of this call any longer." },
  SIP_DIALOG_GONE: { status: 481, meaning: "The dialog or transaction does not exist or has ended." },
  SIP_ACK_MISSING: { status: 408, meaning: "No ACK for our 2xx came within 64*T1." },
  SIP_PRACK_MISSING: { status: 504, meaning: "No PRACK for a reliable provisional of ours came within 64*T1." },
  SIP_NOT_SETTLED: { status: 480, meaning: "The application left an INVITE without a final answer for too long." },
  SIP_INVITE_EXPIRED: { status: 487, meaning: "The INVITE had no final answer before the time of its Expires header." },
  SIP_SESSION_EXPIRED: { status: 408, meaning: "The peer did not refresh the session before it expired." },
  SIP_MESSAGE_INVALID: { status: 400, meaning: "The peer's message breaks the protocol." },
  SIP_REQUEST_PENDING: { status: 491, meaning: "Another offer is open in this dialog." },
  SIP_OVERLOADED: { status: 503, meaning: "A limit of this user agent is reached: transactions, dialogs or flows." },
  SIP_CLOSED: { status: 503, meaning: "The user agent is closed or closing." },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly meaning: string }>>;

/** The stable codes; scripts and metrics may rely on them. */
export type SipErrorCode = keyof typeof sipErrors;

/** Base of every failure that a peer or the application should hear of: a closed family, told apart by `code`. */
export abstract class SipError<Code extends SipErrorCode = SipErrorCode> extends Error {
  readonly code: Code;
  /** The SIP response status that this failure becomes. */
  readonly status: number;

  constructor(code: Code, detail: string = sipErrors[code].meaning, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.status = sipErrors[code].status;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** No final response within 64*T1, RFC 3261 sections 17.1.1.2 and 17.1.2.2 (timers B and F). */
export class TransactionTimeout extends SipError<"SIP_TRANSACTION_TIMEOUT"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_TRANSACTION_TIMEOUT", detail, options);
  }
}

/** The network refused the message or the flow is closed, RFC 3261 section 18.4. */
export class TransportFailed extends SipError<"SIP_TRANSPORT_FAILED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_TRANSPORT_FAILED", detail, options);
  }
}

/** A Route or Contact of the peer's choosing leads where this call may not send. */
export class NextHopRefused extends SipError<"SIP_NEXT_HOP_REFUSED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_NEXT_HOP_REFUSED", detail, options);
  }
}

/** The dialog or transaction that was addressed is not there, RFC 3261 section 12.2.2. */
export class DialogGone extends SipError<"SIP_DIALOG_GONE"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_DIALOG_GONE", detail, options);
  }
}

/** Our 2xx was repeated for 64*T1 and never acknowledged, RFC 3261 section 13.3.1.4. */
export class AckMissing extends SipError<"SIP_ACK_MISSING"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_ACK_MISSING", detail, options);
  }
}

/** A reliable provisional was repeated for 64*T1 and never acknowledged, RFC 3262 section 3. */
export class PrackMissing extends SipError<"SIP_PRACK_MISSING"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_PRACK_MISSING", detail, options);
  }
}

/** An INVITE of the peer's rang for as long as this user agent lets one ring. */
export class NotSettled extends SipError<"SIP_NOT_SETTLED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_NOT_SETTLED", detail, options);
  }
}

/** The peer's INVITE was to be answered sooner, RFC 3261 section 13.3.1. */
export class InviteExpired extends SipError<"SIP_INVITE_EXPIRED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_INVITE_EXPIRED", detail, options);
  }
}

/** No refresh came before the session's time ran out, RFC 4028 section 10. */
export class SessionExpired extends SipError<"SIP_SESSION_EXPIRED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_SESSION_EXPIRED", detail, options);
  }
}

/** The peer's message cannot be used. */
export class MessageInvalid extends SipError<"SIP_MESSAGE_INVALID"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_MESSAGE_INVALID", detail, options);
  }
}

/** An offer is open in either direction, RFC 3261 section 14. */
export class RequestPending extends SipError<"SIP_REQUEST_PENDING"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_REQUEST_PENDING", detail, options);
  }
}

/** One of the user agent's limits is reached. */
export class Overloaded extends SipError<"SIP_OVERLOADED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_OVERLOADED", detail, options);
  }
}

/** The user agent is closed or closing. */
export class Closed extends SipError<"SIP_CLOSED"> {
  constructor(detail?: string, options?: ErrorOptions) {
    super("SIP_CLOSED", detail, options);
  }
}
