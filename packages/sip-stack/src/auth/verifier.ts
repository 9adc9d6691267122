import { timingSafeEqual } from "node:crypto";
import { type Clock, systemClock } from "../kernel/clock.ts";
import { newToken, type RandomBytes, systemRandom } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import { bytesOf } from "../message/text.ts";
import { parseUri } from "../message/uri.ts";
import type { Address } from "../transport/address.ts";
import { Refusals } from "../transport/refusals.ts";
import { type Authorization, authorizationOf } from "./authorization.ts";
import { type AuthRole, authHeaders, formatChallenge } from "./challenge.ts";
import { type DigestAlgorithm, digestResponse, type Hash, secretHash, strongestFirst, systemHash } from "./digest.ts";
import { NonceCounts } from "./nonce-counts.ts";
import { Nonces } from "./nonces.ts";

/** What is kept of a user: the password, or H(`username:realm:password`) in hex for each algorithm that may be used. */
export type StoredCredentials =
  | { readonly password: string }
  | { readonly ha1: Readonly<Partial<Record<DigestAlgorithm, string>>> };

/** What a verifier works with. */
export type DigestVerifierOptions = {
  readonly realm: string;
  /** What is kept of a user; undefined when there is none of that name. */
  readonly lookUp: (username: string) => Promise<StoredCredentials | undefined>;
  /** Who asks: `user` (401, the default) or `proxy` (407). */
  readonly role?: AuthRole;
  /** What is offered, in this order; default: SHA-256, MD5. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** How long a nonce is good, in milliseconds; default: five minutes. */
  readonly nonceMs?: number;
  /** How many nonces in use are remembered; default: 10,000. Above it the oldest users answer a new challenge. */
  readonly maxNonces?: number;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** How hashes are computed; default: Node's own. */
  readonly hash?: Hash;
};

/** Whether a request proves who sent it. `why` is for counters and logs, never for the peer; `headers` go into the response. */
export type Verdict =
  | { readonly ok: true; readonly username: string }
  | {
      readonly ok: false;
      readonly status: 400 | 401 | 403 | 407 | 500;
      readonly why: string;
      /** Whose password was compared, whatever came of it; absent where none was. */
      readonly username?: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
    };

/** Asks for and checks digest credentials. */
export interface DigestVerifier {
  /** Checks one request; `source` is where it came from: a nonce is good for its IP address only. Never rejects. */
  verify(request: SipRequest, source: Address): Promise<Verdict>;
  /** Nonces in use, and what was refused by reason. */
  readonly counters: { readonly nonces: number; readonly refused: Readonly<Record<string, number>> };
}

/** Says who sent a request: a {@link DigestVerifier}, or what an application makes of one. */
export type RequestVerifier = Pick<DigestVerifier, "verify">;

class Verifier implements DigestVerifier {
  readonly #options: DigestVerifierOptions;
  readonly #role: AuthRole;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #hash: Hash;
  readonly #clock: Clock;
  readonly #nonceMs: number;
  readonly #nonces: Nonces;
  readonly #counts: NonceCounts;
  readonly #refusals = new Refusals();
  readonly #nobodysPassword: string;

  constructor(options: DigestVerifierOptions) {
    const { clock = systemClock, random = systemRandom, nonceMs = 300_000, maxNonces = 10_000 } = options;
    this.#options = options;
    this.#role = options.role ?? "user";
    this.#algorithms = options.algorithms ?? strongestFirst;
    this.#hash = options.hash ?? systemHash;
    this.#clock = clock;
    this.#nonceMs = nonceMs;
    this.#nonces = new Nonces(clock, random, nonceMs);
    this.#counts = new NonceCounts(maxNonces);
    this.#nobodysPassword = newToken(random);
  }

  get counters() {
    return { nonces: this.#counts.size, refused: this.#refusals.all() };
  }

  async verify(request: SipRequest, source: Address): Promise<Verdict> {
    this.#counts.expire(this.#clock.nowMs() - this.#nonceMs);
    const answer = authorizationOf(request, authHeaders[this.#role].answer, this.#options.realm);
    if (!answer.ok) return this.#refuse(400, answer.why);
    if (answer.value === undefined) return this.#challenge(source, "no credentials");
    if (!isSameTarget(answer.value.uri, request.uri)) return this.#refuse(400, "digest for another Request-URI");
    const madeAtMs = this.#nonces.madeAt(answer.value.nonce, source.address);
    if (madeAtMs === undefined) return this.#challenge(source, "nonce is not good", true);
    return this.#compare(request, answer.value, source, madeAtMs);
  }

  async #compare(request: SipRequest, answer: Authorization, source: Address, madeAtMs: number): Promise<Verdict> {
    const { username, nonce, algorithm } = answer;
    if (!this.#algorithms.includes(algorithm)) return this.#challenge(source, "algorithm was not offered");
    const stored = await this.#lookUp(username);
    if (stored === "failed") return this.#refuse(500, "look-up failed");
    const challenge = (why: string, stale: boolean): Verdict => ({ ...this.#challenge(source, why, stale), username });
    if (!this.#isRight(request.method, answer, stored)) return challenge("credentials are wrong", false);
    if (!this.#counts.remembers(nonce, madeAtMs)) return challenge("nonce was forgotten", true);
    const isFresh = this.#counts.take(nonce, madeAtMs, Number.parseInt(answer.nc, 16));
    return isFresh ? { ok: true, username } : challenge("nonce count was used before", true);
  }

  async #lookUp(username: string): Promise<StoredCredentials | undefined | "failed"> {
    try {
      return await this.#options.lookUp(username);
    } catch {
      return "failed";
    }
  }

  /** The same three hashes whether there is such a user or not, and whatever is kept of them. */
  #isRight(method: string, answer: Authorization, stored: StoredCredentials | undefined): boolean {
    const { username, algorithm, nonce, uri, nc, cnonce } = answer;
    const password = stored !== undefined && "password" in stored ? stored.password : this.#nobodysPassword;
    const made = secretHash(this.#hash, algorithm, [username, this.#options.realm, password]);
    const kept = stored !== undefined && "ha1" in stored ? stored.ha1[algorithm]?.toLowerCase() : undefined;
    const input = { algorithm, nonce, method, uri, use: { nc, cnonce } };
    return sameText(digestResponse(this.#hash, kept ?? made, input), answer.response) && stored !== undefined;
  }

  #challenge(source: Address, why: string, stale = false): Verdict {
    const { status, challenge } = authHeaders[this.#role];
    const nonce = this.#nonces.make(source.address);
    const value = (algorithm: DigestAlgorithm) => formatChallenge(this.#options.realm, nonce, algorithm, stale);
    return this.#refuse(
      status,
      why,
      this.#algorithms.map((algorithm) => [challenge, value(algorithm)] as const),
    );
  }

  #refuse(status: 400 | 401 | 407 | 500, why: string, headers: readonly (readonly [string, string])[] = []): Verdict {
    this.#refusals.count(why);
    return { ok: false, status, why, headers };
  }
}

/**
 * Whether the URI of an answer means the Request-URI. Phones write the two in different ways, such as with a port or a
 * transport in one of them only (RFC 3261 section 22.4; RFC 7616 section 3.4.6 asks for equivalence).
 */
function isSameTarget(answered: string, requested: string): boolean {
  if (answered === requested) return true;
  const [one, other] = [targetOf(answered), targetOf(requested)];
  return one !== undefined && one === other;
}

function targetOf(text: string): string | undefined {
  const uri = parseUri(text);
  if (!uri.ok) return undefined;
  const { scheme, user = "", host, port = scheme === "sips" ? 5061 : 5060 } = uri.value;
  return [scheme, user, host.toLowerCase(), port].join(" ");
}

/** Without a hint in time at where they differ. */
function sameText(one: string, other: string): boolean {
  const [first, second] = [bytesOf(one), bytesOf(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A verifier, RFC 3261 section 22 with RFC 7616 and RFC 8760; its nonces are good as long as it lives. */
export function digestVerifier(options: DigestVerifierOptions): DigestVerifier {
  return new Verifier(options);
}
