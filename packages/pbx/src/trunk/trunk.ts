import { isIP } from "node:net";
import {
  type Address,
  type Clock,
  type Target as Destination,
  type Hop,
  type Outcome,
  parseVia,
  type SipResponse,
  sameAddress,
  type UserAgent,
} from "@trunkline/sip-stack";
import type { TrunkConfig } from "../config/config.ts";
import { liesIn } from "../domain/address.ts";
import { type Resolve, usualPort } from "./resolve.ts";
import { inOrder, refreshTargets, type Target } from "./target.ts";

export type TrunkOptions = {
  readonly config: TrunkConfig;
  readonly agent: Pick<UserAgent, "request">;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly publicAddress: string;
  /** Told whenever an address, or the name, begins or ceases to answer. */
  readonly onHealth: (what: string, healthy: boolean, why: string) => void;
  /** Told whenever other addresses of the name than before lie outside `trunk.allow`. */
  readonly onOutside: (addresses: readonly string[]) => void;
  /** Told whenever the trunk sees us, anew, by another address than the one that we show. */
  readonly onSeenElsewhere: (address: string) => void;
};

const leastKeepMs = 5_000;
/** OPTIONS that nobody has answered until then, four repeats later, has met nobody: calls should not find that out. */
const silentMs = 5_000;

/** The way to the Voice Connector: its addresses, kept alive and measured by OPTIONS (RFC 3261 section 11). */
export class Trunk {
  readonly #options: TrunkOptions;
  #targets: readonly Target[] = [];
  #outside: readonly string[] = [];
  #isResolved = true;
  #resolving: Promise<void> | undefined;
  #seenElsewhere: string | undefined;
  #stopRound: () => void = () => {};
  #stopResolving: () => void = () => {};
  #closed = false;

  constructor(options: TrunkOptions) {
    this.#options = options;
  }

  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** Addresses of the name that lie outside `trunk.allow`: no call goes there, since none of their requests is taken. */
  get outside(): readonly string[] {
    return this.#outside;
  }

  /** The host and, where it is not the usual one, the port that request URIs name. */
  get domain(): string {
    const { host, port, transport } = this.#options.config;
    return port === undefined || port === usualPort(transport) ? host : `${host}:${port}`;
  }

  /** Resolves the host and asks every address for a sign of life, then again every `optionsSeconds`. */
  async start(): Promise<void> {
    await this.#resolve();
    this.#round();
  }

  /**
   * Where the next call goes, and where it goes on if that fails; empty while the host has no address. Only who calls
   * before the name was looked up for the first time waits for that.
   */
  async destinations(): Promise<readonly Destination[]> {
    if (this.#targets.length === 0 && this.#isResolved && this.#outside.length === 0) await this.#resolve();
    return inOrder(this.#targets).map((target) => this.#destinationOf(target));
  }

  /** What the trunk's challenges are answered with. */
  get credentials(): TrunkConfig["credentials"] {
    return this.#options.config.credentials;
  }

  /** Requests of a call may go to the trunk's own networks only, whatever the peer's headers name. */
  readonly reach = ({ address }: Pick<Hop, "address">) => liesIn(this.#options.config.allow, address);

  close(): void {
    this.#closed = true;
    this.#stopRound();
    this.#stopResolving();
  }

  /** A TLS peer proves the name of the configuration. */
  #destinationOf({ address, port }: Address): Destination {
    const { transport, host } = this.#options.config;
    return { transport, address, port, host };
  }

  #round(): void {
    if (this.#closed) return;
    for (const target of this.#targets) void this.#ping(target);
    this.#stopRound = this.#options.clock.after(this.#options.config.optionsSeconds * 1000, () => this.#round());
  }

  /** Looks the host up, and again when that is not to be believed any more; addresses that are new are asked at once. */
  #resolve(): Promise<void> {
    this.#resolving ??= this.#lookUp().finally(() => {
      this.#resolving = undefined;
    });
    return this.#resolving;
  }

  async #lookUp(): Promise<void> {
    const { config, resolve, clock } = this.#options;
    const { addresses, keepMs } = await resolve(config);
    if (this.#closed) return;
    this.#stopResolving();
    this.#stopResolving = clock.after(Math.max(keepMs, leastKeepMs), () => void this.#refresh());
    this.#tellResolved(addresses.length > 0);
    if (addresses.length === 0) return;
    this.#targets = refreshTargets(this.#targets, addresses.filter(this.reach));
    this.#noteOutside(addresses.filter((address) => !this.reach(address)).map(({ address }) => address));
  }

  #noteOutside(addresses: readonly string[]): void {
    const outside = [...new Set(addresses)].sort();
    const isNew = outside.join() !== this.#outside.join();
    this.#outside = outside;
    if (isNew) this.#options.onOutside(outside);
  }

  async #refresh(): Promise<void> {
    const before = this.#targets;
    await this.#resolve();
    for (const target of this.#targets) if (!before.some((one) => sameAddress(one, target))) void this.#ping(target);
  }

  /** Addresses that were known stay in use while the name has none: most failures of DNS are its own. */
  #tellResolved(isResolved: boolean): void {
    if (isResolved === this.#isResolved) return;
    this.#isResolved = isResolved;
    this.#options.onHealth(
      this.#options.config.host,
      isResolved,
      isResolved ? "the name has addresses again" : "the name has no address",
    );
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
      timeoutMs: silentMs,
      ...(this.credentials && { credentials: this.credentials }),
    });
    if (!this.#closed) this.#note({ address, port }, outcome, clock.nowMs() - sentAtMs);
  }

  #note(at: Address, outcome: Outcome, roundTripMs: number): void {
    const health = healthOf(outcome, roundTripMs);
    const before = this.#targets.find((target) => sameAddress(target, at));
    this.#targets = this.#targets.map((target) => (sameAddress(target, at) ? { ...at, ...health } : target));
    if (before !== undefined && before.healthy !== health.healthy) {
      this.#options.onHealth(
        at.address,
        health.healthy,
        outcome.ok ? `answers OPTIONS with ${outcome.response.status}` : outcome.error.message,
      );
    }
    if (health.seenAs !== undefined) this.#noteSeen(health.seenAs);
  }

  #noteSeen(address: string): void {
    const elsewhere = address === this.#options.publicAddress ? undefined : address;
    if (elsewhere !== undefined && elsewhere !== this.#seenElsewhere) this.#options.onSeenElsewhere(elsewhere);
    this.#seenElsewhere = elsewhere;
  }
}

/** Any answer shows life, except 503: that host takes no calls. */
function healthOf(outcome: Outcome, roundTripMs: number): Omit<Target, keyof Address> & { readonly healthy: boolean } {
  if (!outcome.ok) return { healthy: false };
  const { status } = outcome.response;
  const seenAs = seenBy(outcome.response);
  return { healthy: status !== 503, roundTripMs, lastStatus: status, ...(seenAs !== undefined && { seenAs }) };
}

/** The address that our request came from, RFC 3261 section 18.2.1: said where it is not the one that Via shows. */
function seenBy({ headers }: SipResponse): string | undefined {
  const via = parseVia(headers.get("Via") ?? "");
  if (!via.ok) return undefined;
  const received = via.value.params.get("received") ?? "";
  return isIP(received) === 0 ? via.value.host : received;
}
