import type { Clock } from "../kernel/clock.ts";
import type { Flow } from "./transport.ts";

/** Longer than a phone's registration: it proves itself again before it is forgotten. */
const rememberMs = 2 * 3_600_000;
const maxFlows = 10_000;

/** The flows whose peers have proved who they are, for two hours each; above 10,000 the one that did so longest ago is forgotten. */
export class Vouched {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add({ id }: Flow): void {
    this.#untilMs.delete(id);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size >= maxFlows && oldest !== undefined) this.#untilMs.delete(oldest);
    this.#untilMs.set(id, this.#clock.nowMs() + rememberMs);
  }

  has({ id }: Flow): boolean {
    return this.#clock.nowMs() < (this.#untilMs.get(id) ?? Number.NEGATIVE_INFINITY);
  }

  forget({ id }: Flow): void {
    this.#untilMs.delete(id);
  }
}
