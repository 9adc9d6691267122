import { addressText, type Flow } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { CallRegistry } from "./registry.ts";

const keyOf = ({ transport, remote }: Flow): string => `${transport} ${addressText(remote)}`;

/** Ways of people who are users no more, each open as long as the call that was up when they were removed. */
export class Lingering {
  readonly #calls: CallRegistry;
  readonly #callOf = new Map<string, CallId>();

  constructor(calls: CallRegistry) {
    this.#calls = calls;
  }

  /** Keeps open whatever a call that is up speaks over, and nobody would be let in by any more. */
  note(isStranger: (flow: Flow) => boolean): void {
    for (const { setup, legs } of this.#calls.all)
      for (const { sip } of legs) if (isStranger(sip.flow)) this.#callOf.set(keyOf(sip.flow), setup.id);
  }

  admits(flow: Flow): boolean {
    if (this.#callOf.size === 0) return false;
    const key = keyOf(flow);
    const call = this.#callOf.get(key);
    if (call === undefined) return false;
    if (this.#calls.get(call) !== undefined) return true;
    this.#callOf.delete(key);
    return false;
  }
}
