import type { Config, SipConfig } from "./config.ts";

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

  /**
   * Takes users, numbers, rules, the devices' networks and the certificate of TLS.
   * @returns the sections whose changes need a restart
   */
  take(next: Config): readonly string[] {
    const { users, numbers, calling, devices } = next;
    const before = this.#current;
    const sip = withCertificateOf(next.sip, before.sip);
    this.#current = { ...before, sip, users, numbers, calling, devices };
    const others = (Object.keys(next) as (keyof Config)[]).filter((key) => !taken.some((one) => one === key));
    return others.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(this.#current[key]));
  }
}

/** The same way to be reached, with a certificate that may be a renewed one. */
function withCertificateOf(next: SipConfig, before: SipConfig): SipConfig {
  if (next.tls === undefined || before.tls === undefined) return before;
  const { certificate, key } = next.tls;
  return { ...before, tls: { ...before.tls, certificate, key } };
}
