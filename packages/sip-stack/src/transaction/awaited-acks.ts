import { networkOf } from "../kernel/network.ts";

/** Failure responses of one source that wait for an ACK and are repeated meanwhile. */
const maxRepeated = 32;

/**
 * Bounds what is sent again to a source that does not acknowledge: each failure response would go out eleven times
 * (RFC 3261 section 17.2.1). Above 32 that wait, a response is sent again only when the INVITE comes again.
 */
export class AwaitedAcks {
  readonly #bySource = new Map<string, number>();

  /** Takes a place among those that are repeated. @returns what gives it back; `undefined`: there is none */
  begin(address: string): (() => void) | undefined {
    const source = networkOf(address);
    const count = this.#bySource.get(source) ?? 0;
    if (count >= maxRepeated) return undefined;
    this.#bySource.set(source, count + 1);
    return () => this.#end(source);
  }

  #end(source: string): void {
    const count = this.#bySource.get(source) ?? 0;
    if (count > 1) this.#bySource.set(source, count - 1);
    else this.#bySource.delete(source);
  }
}
