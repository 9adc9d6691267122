import type { RequestVerifier } from "../auth/verifier.ts";
import type { SessionTimes } from "../dialog/session-timer.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import type { TimerBase } from "../transaction/timers.ts";
import type { Address } from "../transport/address.ts";
import type { Gate, SourceGate } from "../transport/options.ts";
import type { Resolver } from "../transport/resolver.ts";
import type { StandingOf } from "../transport/standing.ts";
import type { Flow, Transport } from "../transport/transport.ts";
import type { WireObserver } from "../transport/wire.ts";
import type { IncomingCall, IncomingRequest } from "./call.ts";

/** What a user agent holds at most; above it new requests get 503 with Retry-After. */
export type UserAgentLimits = { readonly maxTransactions: number; readonly maxDialogs: number };

/** Hears what comes from outside. */
export interface UserAgentUser {
  /** An INVITE outside a dialog: `attach` or `reject` it before returning. */
  onCall(call: IncomingCall): void;
  /** Any other request outside a dialog: OPTIONS, REGISTER, MESSAGE ... The application answers it. */
  onRequest(request: IncomingRequest): void;
  onFlowClosed?(flow: Flow): void;
  /**
   * A request of ours in a dialog does not go where the peer's Route or Contact points. It goes to `flow`, where the dialog
   * began, unless that is gone too.
   */
  onAstray?(method: string, flow: Flow, why: string): void;
}

/** What a user agent works with. */
export type UserAgentOptions = {
  readonly transports: readonly Transport[];
  readonly user: UserAgentUser;
  /** The host and port that Via and Contact show for a flow. Default: its local address. */
  readonly advertised?: (flow: Flow) => Address;
  /** User part of our Contact; default `trunkline`. */
  readonly contactUser?: string;
  /** Text of User-Agent and Server; default: neither is sent. */
  readonly product?: string;
  /** Option tags that the application supports beside the stack's own, RFC 3261 section 8.2.2.3. */
  readonly supported?: readonly string[];
  /**
   * Methods that the application handles beside those of the stack (INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, and
   * PRACK where `supported` names 100rel): what Allow shows, RFC 3261 section 20.5.
   */
  readonly allow?: readonly string[];
  /** Whether a flow's peer is shown the stack's own methods and option tags alone, without `supported` and `allow`. */
  readonly showsOwnOnly?: (flow: Flow) => boolean;
  /** Milliseconds after which an INVITE or re-INVITE that the application never settled gets 480; default 5 minutes. */
  readonly ringingMs?: number;
  /**
   * Session timers, RFC 4028, in seconds: what our INVITE asks for and the least that we take; default 1800 and 90.
   * They run in every dialog whose peer names `timer`; `off`: in none.
   */
  readonly sessionTimes?: Partial<SessionTimes> | "off";
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  readonly observer?: WireObserver;
  readonly limits?: Partial<UserAgentLimits>;
  readonly timers?: TimerBase;
  /** Says of every request whether its flow may speak at all; who may not gets not a byte back and is counted. */
  readonly gate?: Gate;
  /** Says of each message before it is read whether its flow may speak; of others only responses that are awaited are read. */
  readonly sourceGate?: SourceGate;
  /** How well the source of a flow is known: what it may hold at once depends on it. Default: everyone is trusted. */
  readonly standingOf?: StandingOf<Flow>;
  /** To whom the first request of a flow proves who sent it before anything else hears of it; default: nobody asks. */
  readonly verifierOf?: (flow: Flow, request: SipRequest) => RequestVerifier | undefined;
  /** Looks up the names of destinations; its answers are kept as long as they allow. Default: the machine's DNS. */
  readonly resolver?: Resolver;
};

/** What exists now, and what has happened so far. */
export type UserAgentCounters = {
  readonly live: {
    readonly transactions: number;
    readonly dialogs: number;
    readonly calls: number;
    readonly timers: number;
  };
  readonly totals: {
    readonly received: number;
    readonly sent: number;
    readonly retransmitted: number;
    /** Reason to number. */
    readonly refused: Readonly<Record<string, number>>;
  };
};
