import type { CallEnd } from "./call-end.ts";

/** How the way for sound is doing. */
export type SoundPath = "checking" | "connected" | "interrupted" | "failed";

/** What a transport tells about one call. Nothing is told from inside a call of {@link CallLink}. */
export interface LinkListener {
  /** The other side rings (180); with `earlySound` its network sends sound before anyone answers (18x with SDP). */
  ringing(earlySound: boolean): void;
  /** The call is answered, by either side. */
  accepted(): void;
  sound(path: SoundPath): void;
  /** The other side is on hold now, or no more. */
  held(held: boolean): void;
  /** The key of {@link CallLink.sendKey} is out; the next may be sent. */
  keySent(): void;
  /** The call is over and holds nothing any more. Told once, and never after {@link CallLink.close}. */
  ended(end: CallEnd): void;
}

/** One call as the transport carries it. */
export interface CallLink {
  /** Takes an incoming call. */
  answer(): void;
  /** Turns an incoming call down on this device only (486): others ring on. */
  decline(): void;
  /**
   * Cancels, declines or hangs up, whichever fits, and frees everything. May be called twice.
   * @param failure what went wrong, for the other side; none when somebody wished it
   */
  close(failure?: string): void;
  /** Sends one key, RFC 4733, for `durationMs`; not before the last one is out. */
  sendKey(key: string, durationMs: number): void;
  setMuted(muted: boolean): void;
  /** Puts the other side on hold, or takes it back. Only while both talk. */
  setHeld(held: boolean): void;
}

/** Who calls. Both come from a peer: bounded in length, to be shown as text only. */
export type Caller = { readonly number: string; readonly name: string | undefined };

/** What a transport tells about itself. */
export interface TransportListener {
  registered(): void;
  /** The server said no to registering, with its status. */
  registrationRefused(status: number): void;
  /** No connection, or the server does not answer. The transport goes on trying by itself. */
  disconnected(): void;
  /** A call comes in. The answer is its listener, or `undefined` when this device is busy (486). */
  incoming(link: CallLink, caller: Caller): LinkListener | undefined;
}

/** The way to the server. */
export interface PhoneTransport {
  /** Connects and registers, and keeps at it until `stop`. */
  start(listener: TransportListener): void;
  /** Registers again after a refusal. */
  register(): void;
  /** Ends the registration, every call and the connection. May be called twice. */
  stop(): void;
  /** Calls `number`, as it is to stand in the request URI. */
  call(number: string, listener: LinkListener): CallLink;
}
