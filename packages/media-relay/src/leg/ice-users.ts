import type { IceUser } from "../webrtc/handshake.ts";

/** More generations of ICE than can be on the way at once: an offer, the one before it, the path in use. */
const mostUsers = 4;

/** What the browser may call us: the user of our latest description and those before it, whose checks may still be on the way. */
export class IceUsers {
  readonly #passwords = new Map<string, string>();
  #latest: string | undefined;

  /** A description of ours names this user. The oldest of too many is forgotten: its checks are refused and counted. */
  add({ fragment, password }: IceUser): void {
    this.#latest = fragment;
    this.#passwords.delete(fragment);
    this.#passwords.set(fragment, password);
    const [oldest] = this.#passwords.keys();
    if (this.#passwords.size > mostUsers && oldest !== undefined) this.#passwords.delete(oldest);
  }

  /** Whether the latest description names this user. */
  isLatest(fragment: string): boolean {
    return fragment === this.#latest;
  }

  readonly passwordOf = (fragment: string): string | undefined => this.#passwords.get(fragment);
}
