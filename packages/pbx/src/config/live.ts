import type { Config } from "./config.ts";

/** What a running server takes over; all else is bound, opened or counted on until it ends. */
const taken = ["users", "numbers", "calling", "devices"] as const satisfies readonly (keyof Config)[];

/** The configuration that holds now. */
export class LiveConfig {
  #current: Config;

  constructor(config: Config) {
    this.#current = config;
  }

  get current(): Config {
    return this.#current;
  }

  /** Takes users, numbers, rules and the devices' networks. @returns the sections whose changes need a restart */
  take(next: Config): readonly string[] {
    const { users, numbers, calling, devices } = next;
    const before = this.#current;
    this.#current = { ...before, users, numbers, calling, devices };
    const others = (Object.keys(next) as (keyof Config)[]).filter((key) => !taken.some((one) => one === key));
    return others.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(before[key]));
  }
}
