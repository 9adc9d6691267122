import type { Clock } from "../kernel/clock.ts";
import { type Rule, step } from "../kernel/table.ts";
import { type PresenceAction, type PresenceEvent, type PresenceState, presenceTable } from "./presence-table.ts";

/** How long after a refusal the phone registers again, in milliseconds. */
export const refusedRetryMs = 15_000;

/** What presence does to the transport. */
export type PresencePort = { start(): void; stop(): void; register(): void; changed(state: PresenceState): void };

/** Being reachable or not: carries out {@link presenceTable}. */
export class Presence {
  readonly #clock: Clock;
  readonly #port: PresencePort;
  readonly #actions: Readonly<Record<PresenceAction, () => void>> = {
    start: () => this.#port.start(),
    stop: () => this.#port.stop(),
    register: () => this.#port.register(),
    retryLater: () => {
      this.#cancelRetry = this.#clock.after(refusedRetryMs, () => this.dispatch("retry"));
    },
    cancelRetry: () => this.#cancelRetry(),
  };
  #state: PresenceState = "offline";
  #cancelRetry: () => void = () => {};

  constructor(clock: Clock, port: PresencePort) {
    this.#clock = clock;
    this.#port = port;
  }

  get state(): PresenceState {
    return this.#state;
  }

  dispatch(event: PresenceEvent): void {
    const rule: Rule<PresenceState, PresenceAction> | undefined = step<PresenceState, PresenceEvent, PresenceAction>(
      presenceTable,
      this.#state,
      event,
    );
    if (rule === undefined) return;
    this.#state = rule.to;
    for (const action of rule.run) this.#actions[action]();
    this.#port.changed(this.#state);
  }
}
