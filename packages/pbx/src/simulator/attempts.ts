import { type Clock, parseNameAddr, parseUri, plainUser, type SipRequest } from "@trunkline/sip-stack";
import type { Attempt } from "./dial-rules.ts";

const windowMs = 1000;

/** Reads who calls whom from INVITEs and counts those of the last second; above `callsPerSecond` it counts no further. */
export class Attempts {
  readonly #clock: Clock;
  readonly #callsPerSecond: number;
  #countedAtMs: readonly number[] = [];

  constructor(clock: Clock, callsPerSecond: number) {
    this.#clock = clock;
    this.#callsPerSecond = callsPerSecond;
  }

  read({ headers, uri }: SipRequest): Attempt {
    return { from: userOf(uriOf(headers.get("From") ?? "")), to: userOf(uri), callsInLastSecond: this.#count() };
  }

  /** How many came in the second before this one. */
  #count(): number {
    const nowMs = this.#clock.nowMs();
    const recent = this.#countedAtMs.filter((atMs) => atMs > nowMs - windowMs);
    this.#countedAtMs = recent.length < this.#callsPerSecond ? [...recent, nowMs] : recent;
    return recent.length;
  }
}

function uriOf(nameAddr: string): string {
  const parsed = parseNameAddr(nameAddr);
  return parsed.ok ? parsed.value.uri : "";
}

function userOf(uri: string): string {
  const parsed = parseUri(uri);
  return parsed.ok ? plainUser(parsed.value.user ?? "") : "";
}
