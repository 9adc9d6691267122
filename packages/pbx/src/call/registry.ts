import { type Clock, parseReplaces, type Call as SipCall } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { Ending } from "../kernel/ending.ts";
import type { Call } from "./call.ts";
import type { CallLeg } from "./leg.ts";

/** A leg and the call that it is in. */
type Found = { readonly call: Call; readonly leg: CallLeg };

/** The calls that are there now. */
export class CallRegistry {
  readonly #calls = new Map<CallId, Call>();
  readonly #clock: Clock;
  #draining = false;
  /** What looks, each time that a call is gone, whether those that it waits for all are. */
  readonly #watches = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: Call): void {
    this.#calls.set(call.setup.id, call);
  }

  remove(id: CallId): void {
    this.#calls.delete(id);
    for (const look of [...this.#watches]) look();
  }

  get(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  get all(): readonly Call[] {
    return [...this.#calls.values()];
  }

  /** The leg whose dialog this is. */
  legOf(sip: SipCall): Found | undefined {
    return this.#find((leg) => leg.sip === sip);
  }

  /** The leg that the value of a Replaces header names (RFC 3891), by whichever side's idea of whose tag is whose. */
  legNamed(replaces: string): Found | undefined {
    const named = parseReplaces(replaces);
    if (!named.ok) return undefined;
    const { callId, toTag, fromTag } = named.value;
    const tags = [`${toTag} ${fromTag}`, `${fromTag} ${toTag}`];
    return this.#find(({ sip }) => sip.callId === callId && tags.includes(`${sip.localTag} ${sip.remoteTag}`));
  }

  #find(isIt: (leg: CallLeg) => boolean): Found | undefined {
    for (const call of this.#calls.values()) {
      const leg = call.legs.find(isIt);
      if (leg !== undefined) return { call, leg };
    }
    return undefined;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** New calls are to be refused. */
  get draining(): boolean {
    return this.#draining;
  }

  /** How many calls a user has, as caller or rung. */
  countOf(user: string): number {
    return this.all.filter(({ legs }) => legs.some((leg) => leg.isOf(user))).length;
  }

  /** From now on new calls are refused; those that are up go on. */
  refuseNew(): void {
    this.#draining = true;
  }

  stopAll(why: Ending): void {
    for (const call of this.all) call.stop(why);
  }

  /** Resolves when no call is there any more that is meant. */
  gone(isMeant: (call: Call) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.all.some(isMeant)) return;
        this.#watches.delete(look);
        resolve();
      };
      this.#watches.add(look);
      look();
    });
  }

  /** Resolves when the last call is gone, after `limitMs`, or when `hurry` is aborted. */
  async emptied(limitMs: number, hurry?: AbortSignal): Promise<void> {
    if (this.#calls.size === 0 || hurry?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopTimer = this.#clock.after(limitMs, resolve);
    hurry?.addEventListener("abort", () => resolve());
    void this.gone(() => true).then(resolve);
    await promise;
    stopTimer();
  }
}
