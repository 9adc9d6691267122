import type { Sound } from "../audio/sound.ts";

/** How a phone is set up. */
export type PhoneOptions = {
  /** Who it is in SIP, and what its files are called. */
  readonly name: string;
  /** Its own address: it is called there on port 5060. */
  readonly address: string;
  /** What it says in a call, from the beginning of each; 8000 Hz, and longer than the call. */
  readonly says: Sound;
  /** It offers and wants SRTP with keys in the SDP (RFC 4568). Default: RTP in clear. */
  readonly encrypted?: boolean;
  /** Speaks TLS on port 5061 in place of UDP, and shows this certificate with its key, as PEM. Only baresip can. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The server at which it registers by its name, and calls through. Default: it stands for itself. */
  readonly registers?: { readonly at: string; readonly password: string };
};

/**
 * A real SIP phone in a process of its own, which begins with the object. It answers whoever calls and keeps what it hears; it
 * is good for one call.
 */
export interface Phone {
  readonly name: string;
  /** Resolves when it can call and be called, so when it has registered where it does. */
  readonly ready: Promise<void>;
  /** The keys that can be pressed on it. */
  readonly keys: string;
  /** How long it presses each. */
  readonly pressMs: number;
  /** The keys that its peer pressed, as the phone tells of them. */
  readonly heardKeys: readonly string[];
  dial(uri: string): void;
  press(key: string): void;
  hold(): void;
  resume(): void;
  /** Asks the other side to call somebody in its place, and leaves by itself when that has been answered. */
  transfer(uri: string): void;
  hangUp(): void;
  /** Ends it. @returns what it heard */
  stop(): Promise<Sound>;
  /** Ends it whatever it does, and removes its files; idempotent. */
  abandon(): void;
}
