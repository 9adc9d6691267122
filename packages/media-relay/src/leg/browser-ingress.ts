import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import { type DatagramKind, kindOfDatagram } from "../socket/first-byte.ts";
import { isAuthenticRequest, isStunMessage, isStunRequest } from "../webrtc/stun.ts";

/** More places than a browser's checks can come from. */
const maxKnownSources = 64;

/** Where what comes to a browser's port goes on. `host` is the index of the offered host whose socket it came to. */
export interface BrowserIngressUser {
  readonly passwordOf: (userFragment: string) => string | undefined;
  onHandshake(host: number, bytes: Uint8Array, from: Address): void;
  onRtp(bytes: Uint8Array): void;
  onRtcp(bytes: Uint8Array): void;
}

type Take = (host: number, bytes: Uint8Array, from: Address) => void;

/** Sorts the datagrams of a browser's port; lets strangers neither ask by STUN nor begin DTLS. */
export class BrowserIngress {
  readonly #tally: Tally;
  readonly #user: BrowserIngressUser;
  /** Who asked with our ICE password. */
  readonly #known = new Set<string>();
  readonly #ways: { readonly [Kind in DatagramKind]: Take };
  constructor(tally: Tally, user: BrowserIngressUser) {
    this.#tally = tally;
    this.#user = user;
    this.#ways = {
      stun: (host, bytes, from) => this.#onStun(host, bytes, from),
      dtls: (host, bytes, from) => this.#onDtls(host, bytes, from),
      rtp: (_host, bytes) => user.onRtp(bytes),
      rtcp: (_host, bytes) => user.onRtcp(bytes),
      unknown: () => tally.refuse("unknown-first-byte"),
    };
  }

  /** Takes a datagram. */
  take(host: number, bytes: Uint8Array, from: Address): void {
    this.#ways[kindOfDatagram(bytes)](host, bytes, from);
  }

  #onStun(host: number, bytes: Uint8Array, from: Address): void {
    if (!isStunMessage(bytes)) this.#tally.refuse("malformed");
    else if (!isStunRequest(bytes)) this.#user.onHandshake(host, bytes, from);
    else if (isAuthenticRequest(bytes, this.#user.passwordOf)) {
      if (this.#known.size < maxKnownSources) this.#known.add(sourceKey(from));
      this.#user.onHandshake(host, bytes, from);
    } else this.#tally.refuse("stun-not-authentic");
  }

  #onDtls(host: number, bytes: Uint8Array, from: Address): void {
    if (this.#known.has(sourceKey(from))) this.#user.onHandshake(host, bytes, from);
    else this.#tally.refuse("wrong-source");
  }
}

const sourceKey = ({ address, port }: Address): string => `${address} ${port}`;
