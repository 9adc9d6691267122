import { addressText, type Flow } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { CallRegistry } from "./registry.ts";

type Source = Pick<Flow, "transport" | "remote">;

const keyOf = ({ transport, remote }: Source): string => `${transport} ${addressText(remote)}`;

/** Ways of people who are users no more, each open as long as the calls that were up when they were removed. */
export class Lingering {
  readonly #calls: CallRegistry;
  readonly #callsOf = new Map<string, Set<CallId>>();

  constructor(calls: CallRegistry) {
    this.#calls = calls;
  }

  /** Keeps open whatever a call that is up speaks over, and nobody would be let in by any more. */
  note(isStranger: (flow: Flow) => boolean): void {
    this.#forgetEnded();
    for (const { setup, legs } of this.#calls.all)
      for (const { sip } of legs) if (isStranger(sip.flow)) this.#callsAt(keyOf(sip.flow)).add(setup.id);
  }

  admits(flow: Source): boolean {
    if (this.#callsOf.size === 0) return false;
    this.#forgetEnded();
    return this.#callsOf.has(keyOf(flow));
  }

  #callsAt(key: string): Set<CallId> {
    const calls = this.#callsOf.get(key) ?? new Set();
    this.#callsOf.set(key, calls);
    return calls;
  }

  #forgetEnded(): void {
    for (const [key, calls] of this.#callsOf) {
      for (const id of calls) if (this.#calls.get(id) === undefined) calls.delete(id);
      if (calls.size === 0) this.#callsOf.delete(key);
    }
  }
}
