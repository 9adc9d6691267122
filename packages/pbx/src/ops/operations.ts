import type { CallChange, LegRecord, HistoryQuery as StoredQuery } from "../store/history.ts";

/** One end of a call; times are ISO 8601 in UTC. Records of older versions have none. */
export type LegRecordView = Omit<LegRecord, "startedAtMs" | "answeredAtMs" | "endedAtMs"> & {
  readonly startedAt?: string;
  readonly answeredAt?: string;
  readonly endedAt?: string;
};

/** What an operator can see and do. The admin socket and the operator's pages both are this. */
export interface Operations {
  status(): Promise<StatusReport>;
  /** The calls that are going on. */
  calls(): Promise<readonly CallView[]>;
  /** One call that is going on; `undefined` when there is none of this id. */
  call(id: string): Promise<CallView | undefined>;
  /** Ends a call as the operator. @returns false when there is no such call. */
  hangUp(id: string): Promise<boolean>;
  registrations(): Promise<readonly RegistrationView[]>;
  /** Calls that are over, newest first. */
  history(query: HistoryQuery): Promise<readonly CallRecord[]>;
  /** One call that is over; `undefined` when there is none of this id. */
  record(id: string): Promise<CallRecord | undefined>;
  trunk(): Promise<TrunkView>;
  /** Both legs of a call as a text ladder; `undefined` when there is no such call. */
  ladder(id: string): Promise<string | undefined>;
  /** The last SIP messages on the wire, or those of one call; `undefined` when there is no such call. */
  trace(query: { readonly call?: string; readonly limit: number }): Promise<readonly TraceView[] | undefined>;
  /** Tells every SIP message from now on, or those of one call. @returns what ends it */
  follow(call: string | undefined, hear: (message: TraceView) => void): () => void;
  /** The last `limit` messages and requests that were refused at our doors, newest first. */
  refusals(limit: number): Promise<readonly RefusalView[]>;
  /** What keeps the server from taking calls; empty: it is ready. */
  readiness(): Promise<readonly string[]>;
  /** Takes no new calls, lets those that are up go on for so long at most, then ends them and the server. */
  drain(seconds: number): Promise<DrainReport>;
  /** Reads the configuration again and takes users, numbers and rules from it. Rejects with a PbxError for a faulty file. */
  reload?(): Promise<ReloadReport>;
  /** Who may come in; absent where nobody signs in. */
  readonly access?: AccessOperations;
  /** The simulated network calls an owned number; only in loopback mode. Resolves when the call is answered or refused. */
  simulateCall?(call: { readonly from?: string; readonly to?: string }): Promise<SimulatedCall>;
}

/** Links, sessions and passkeys. `by`: who asks, for the audit. */
export interface AccessOperations {
  /** A link that signs a user in once, for a day; `undefined` when there is no such user. */
  invite(user: string, by: string): Promise<InvitationView | undefined>;
  list(): Promise<AccessView>;
  /** Ends a session, or takes a passkey back and ends the sessions that hang on it. @returns how many of each */
  revoke(id: string, by: string): Promise<RevokedView>;
  /** Takes back all that lets a user in. */
  revokeUser(user: string, by: string): Promise<RevokedView>;
}

/** A link; `url` is a secret. */
export type InvitationView = { readonly user: string; readonly url: string; readonly expiresAt: string };

export type AccessView = { readonly sessions: readonly SessionView[]; readonly passkeys: readonly PasskeyView[] };

/** A browser that is signed in; times are ISO 8601 in UTC. */
export type SessionView = {
  readonly id: string;
  readonly user: string;
  /** By what it was signed in. */
  readonly way: "link" | "passkey" | "oidc";
  readonly browser: string;
  /** The passkey that hangs on it. */
  readonly passkey?: string;
  readonly signedInAt: string;
  readonly usedAt: string;
  readonly expiresAt: string;
};

/** What a browser can sign in with again; times are ISO 8601 in UTC. */
export type PasskeyView = {
  readonly id: string;
  readonly user: string;
  readonly browser: string;
  readonly createdAt: string;
  readonly usedAt: string;
};

export type RevokedView = { readonly sessions: number; readonly passkeys: number };

/** What a PBX by itself can: it does not end the process around it. */
export type PbxOperations = Omit<Operations, "drain" | "access">;

/** What a drain has to wait for. */
export type DrainReport = { readonly calls: number; readonly seconds: number };

/** What holds after a reload; `restart`: sections of the file whose changes are taken only by a new start. */
export type ReloadReport = { readonly users: number; readonly numbers: number; readonly restart: readonly string[] };

export type StatusReport = {
  readonly version: string;
  readonly mode: "loopback" | "trunk";
  readonly uptimeSeconds: number;
  readonly calls: number;
  /** No new calls are taken: the server ends when those that are up are over. */
  readonly draining: boolean;
  readonly counters: {
    readonly sip: Record<string, number>;
    readonly media: Record<string, number>;
    readonly refused: Record<string, number>;
    /** Records that wait for the disk, and those that there was no room for. */
    readonly storage: Record<string, number>;
    /** Messages that the trace let go because of a bound. */
    readonly trace: Record<string, number>;
  };
  /** Where the server can be reached, as `ADDRESS:PORT` and as a URL. */
  readonly listening: { readonly sip: string; readonly http: string };
  readonly trunk: TrunkView;
  readonly registrations: number;
};

/** A call that is going on; times are ISO 8601 in UTC. */
export type CallView = {
  readonly id: string;
  readonly state: "arriving" | "ringing" | "talking" | "ending";
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
  readonly answeredAt?: string;
  readonly legs: readonly LegView[];
};

export type LegView = {
  readonly id: string;
  readonly party: string;
  readonly state: string;
  readonly sipCallId: string;
};

/** Which calls are wanted: all that is named must be so; `since` and `until` are ISO 8601. */
export type HistoryQuery = Omit<StoredQuery, "sinceMs" | "untilMs"> & {
  readonly since?: string;
  readonly until?: string;
};

/** A call that is over, as its own people see it; times are ISO 8601 in UTC. */
export type OwnCallRecord = {
  readonly id: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
  readonly rungAt?: string;
  readonly answeredAt?: string;
  /** The leg that answered, or `announcement`. */
  readonly answeredBy?: string;
  readonly endedAt: string;
  readonly ending: {
    readonly code: string;
    readonly words: string;
    readonly sip: number;
    readonly q850: number;
    readonly by: string;
  };
};

/** A call that is over, with its ends: `a` the caller, `b1` ... those who were called; what they sent and got where known. */
export type CallRecord = OwnCallRecord & {
  readonly users: readonly string[];
  readonly legs: readonly LegRecordView[];
  /** How its parties changed while it was up: transfers, takeovers. */
  readonly changes: readonly ChangeView[];
  /** Legs and changes beyond what is kept of one call. */
  readonly leftOut?: number;
};

/** One party of a call was replaced by another: the leg `by` by the leg `to`; times are ISO 8601 in UTC. */
export type ChangeView = Omit<CallChange, "atMs"> & { readonly at: string };

/** Where a user can be rung. */
export type RegistrationView = {
  readonly user: string;
  readonly contact: string;
  readonly transport: string;
  readonly remote: string;
  readonly expiresAt: string;
};

/** The trunk's host and every address that its name resolves to. */
export type TrunkView = {
  readonly host: string;
  readonly targets: readonly TargetView[];
  /** Addresses of the name that lie outside `trunk.allow`: no calls go there. */
  readonly outside: readonly string[];
};

export type TargetView = {
  readonly address: string;
  readonly port: number;
  /** The last OPTIONS was answered. */
  readonly healthy: boolean;
  readonly roundTripMs?: number;
  /** The SIP status that the last OPTIONS got. */
  readonly lastStatus?: number;
  /** Our own address as it has seen us: what `sip.publicAddress` should be. */
  readonly seenAs?: string;
};

/** One SIP message; `at` is ISO 8601 in UTC, `call` and `leg` are ours where it is known whose it is. */
export type TraceView = {
  readonly at: string;
  readonly direction: "in" | "out";
  readonly transport: string;
  readonly local: string;
  readonly remote: string;
  /** What became of it: `accepted`, `sent`, `failed`, or why it was refused. */
  readonly outcome: string;
  readonly call?: string;
  readonly leg?: string;
  /** The whole message, secrets and pressed keys masked. */
  readonly text: string;
};

/** Something that was refused, whose sender may have heard nothing; `at` is ISO 8601 in UTC. */
export type RefusalView = {
  readonly at: string;
  /** The method, or what else was asked. */
  readonly what: string;
  /** Whose address it came from. */
  readonly source: string;
  readonly why: string;
};

/** What became of a call that the simulated network made. */
export type SimulatedCall = {
  readonly id: string;
  readonly outcome: "answered" | "refused" | "failed";
  readonly status: number;
  readonly words: string;
};
