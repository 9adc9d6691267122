import type { Address, Clock, Target as Destination, Hop, Outcome, UserAgent } from "@trunkline/sip-stack";
import type { TrunkConfig } from "../config/config.ts";
import { messageOf } from "../kernel/errors.ts";
import { inOrder, type Resolve, refreshTargets, type Target } from "./target.ts";

export type TrunkOptions = {
  readonly config: TrunkConfig;
  readonly agent: Pick<UserAgent, "request">;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly publicAddress: string;
  /** Told whenever an address, or the name, begins or ceases to answer. */
  readonly onHealth: (what: string, healthy: boolean, why: string) => void;
};

/** The way to the Voice Connector: its addresses, kept alive and measured by OPTIONS (RFC 3261 section 11). */
export class Trunk {
  readonly #options: TrunkOptions;
  #targets: readonly Target[] = [];
  #stopTimer: () => void = () => {};
  #closed = false;

  constructor(options: TrunkOptions) {
    this.#options = options;
  }

  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** The host and port that request URIs name. */
  get domain(): string {
    const { host, port, transport } = this.#options.config;
    return port === usualPort(transport) ? host : `${host}:${port}`;
  }

  /** Resolves the host and asks every address for a sign of life, then again every `optionsSeconds`. */
  async start(): Promise<void> {
    await this.#resolve();
    this.#round();
  }

  /** Where the next call goes, and where it goes on if that fails; empty while the host has no address. */
  async destinations(): Promise<readonly Destination[]> {
    if (this.#targets.length === 0) await this.#resolve();
    return inOrder(this.#targets).map((target) => this.#destinationOf(target));
  }

  /** What the trunk's challenges are answered with. */
  get credentials(): TrunkConfig["credentials"] {
    return this.#options.config.credentials;
  }

  /** A TLS peer proves the name of the configuration. */
  #destinationOf({ address, port }: Address): Destination {
    const { transport, host } = this.#options.config;
    return { transport, address, port, host };
  }

  /** Requests of a call may go to the trunk's own networks only, whatever the peer's headers name. */
  readonly reach = ({ address }: Pick<Hop, "address">) =>
    this.#options.config.allow.some((range) => range.contains(address));

  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  #round(): void {
    if (this.#closed) return;
    for (const target of this.#targets) void this.#ping(target);
    this.#stopTimer = this.#options.clock.after(this.#options.config.optionsSeconds * 1000, () => {
      void this.#resolve().then(() => this.#round());
    });
  }

  async #resolve(): Promise<void> {
    const { config, resolve, onHealth } = this.#options;
    try {
      this.#targets = refreshTargets(this.#targets, await resolve(config.host), config.port);
    } catch (error) {
      onHealth(config.host, false, `the name cannot be resolved: ${messageOf(error)}`);
    }
  }

  async #ping({ address, port }: Target): Promise<void> {
    const { agent, clock, publicAddress } = this.#options;
    const sentAtMs = clock.nowMs();
    const outcome = await agent.request({
      method: "OPTIONS",
      uri: `sip:${this.domain}`,
      from: `<sip:trunkline@${publicAddress}>`,
      to: `<sip:${this.domain}>`,
      destination: this.#destinationOf({ address, port }),
      ...(this.credentials && { credentials: this.credentials }),
    });
    if (!this.#closed) this.#note(address, outcome, clock.nowMs() - sentAtMs);
  }

  #note(address: string, outcome: Outcome, roundTripMs: number): void {
    const health = healthOf(outcome, roundTripMs);
    const before = this.#targets.find((target) => target.address === address);
    this.#targets = this.#targets.map((target) => (target.address === address ? { ...target, ...health } : target));
    if (before !== undefined && before.healthy !== health.healthy) {
      this.#options.onHealth(
        address,
        health.healthy,
        outcome.ok ? `answers OPTIONS with ${outcome.response.status}` : outcome.error.message,
      );
    }
  }
}

const usualPort = (transport: TrunkConfig["transport"]): number => (transport === "tls" ? 5061 : 5060);

/** Any answer shows life, except 503: that host takes no calls. */
function healthOf(outcome: Outcome, roundTripMs: number): Omit<Target, keyof Address> & { readonly healthy: boolean } {
  if (!outcome.ok) return { healthy: false };
  const { status } = outcome.response;
  return { healthy: status !== 503, roundTripMs, lastStatus: status };
}
