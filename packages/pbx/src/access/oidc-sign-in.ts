import type { Clock, RandomBytes } from "@trunkline/sip-stack";
import type { Configuration, IDToken, UserInfoResponse } from "openid-client";
import type { AccessConfig } from "../config/config.ts";
import { isLoopbackUrl } from "../domain/address.ts";
import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Judged } from "./passkey-sign-in.ts";
import { Pending } from "./pending.ts";
import { hashOf, newSecret } from "./secret.ts";

export type OidcSignInOptions = {
  readonly config: NonNullable<AccessConfig["oidc"]>;
  /** Where the provider sends people back to. */
  readonly returnUrl: () => string;
  readonly users: () => ReadonlyMap<UserName, User>;
  readonly clock: Clock;
  readonly random: RandomBytes;
};

/** What is remembered of somebody who is at the provider. */
type AuthorizationRequest = { readonly verifier: string; readonly state: string; readonly nonce: string };

type Claims = Partial<IDToken & UserInfoResponse>;

const pending = { validMs: 600_000, capacity: 10_000 };
const timeoutSeconds = 10;

const openId = () => import("openid-client");

/** Signing in at a provider of OpenID Connect (Core 1.0 section 3.1, with PKCE of RFC 7636): who somebody is there says who she is here. */
export class OidcSignIn {
  readonly #options: OidcSignInOptions;
  readonly #requests: Pending<AuthorizationRequest>;
  #provider: Promise<Configuration> | undefined;

  constructor(options: OidcSignInOptions) {
    this.#options = options;
    this.#requests = new Pending(options.clock, pending);
  }

  /** What its button is called. */
  get label(): string {
    return this.#options.config.label;
  }

  /** Sends somebody to the provider. @param source the network that asks @returns where, and the cookie that she must bring back; rejects when the provider does not answer. */
  async begin(source: string): Promise<{ readonly url: string; readonly cookie: string }> {
    const { random, returnUrl } = this.#options;
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await openId();
    const provider = await this.#discovered();
    const cookie = newSecret(random);
    const request = { verifier: newSecret(random), state: newSecret(random), nonce: newSecret(random) };
    this.#requests.put(hashOf(cookie), request, source);
    const url = buildAuthorizationUrl(provider, {
      redirect_uri: returnUrl(),
      scope: "openid email",
      state: request.state,
      nonce: request.nonce,
      code_challenge: await calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, cookie };
  }

  /**
   * Takes somebody in who comes back.
   * @param query what stands behind the return URL
   * @param cookie what `begin` gave her
   */
  async finish(query: string, cookie: string | undefined): Promise<Judged<UserName>> {
    const request = cookie === undefined ? undefined : this.#requests.take(hashOf(cookie));
    if (request === undefined) return { ok: false, why: "nobody was sent to the provider by this browser" };
    try {
      const claims = await this.#redeem(query, request);
      const user = this.#userOf(claims);
      return user === undefined ? { ok: false, why: "the provider's user is nobody here" } : { ok: true, value: user };
    } catch (cause) {
      return { ok: false, why: `the provider's answer is refused: ${messageOf(cause)}` };
    }
  }

  async #redeem(query: string, { verifier, state, nonce }: AuthorizationRequest): Promise<Claims> {
    const { authorizationCodeGrant, fetchUserInfo } = await openId();
    const provider = await this.#discovered();
    const tokens = await authorizationCodeGrant(provider, new URL(`?${query}`, this.#options.returnUrl()), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims: Claims = tokens.claims() ?? {};
    if (claims.email !== undefined || claims.sub === undefined) return claims;
    const more =
      provider.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(provider, tokens.access_token, claims.sub);
    return { ...claims, ...more };
  }

  /** An address counts only when the provider says that it has verified it; else whoever may write it there could be anybody here. */
  #userOf({ sub, email, email_verified: verified }: Claims): UserName | undefined {
    const { config, users } = this.#options;
    const named = (key: string | undefined): UserName | undefined => {
      const name = key !== undefined && Object.hasOwn(config.users, key) ? config.users[key] : undefined;
      return name !== undefined && users().has(name) ? name : undefined;
    };
    const isVerified = verified === true || String(verified) === "true";
    return named(sub) ?? (isVerified ? named(email?.toLowerCase()) : undefined);
  }

  #discovered(): Promise<Configuration> {
    this.#provider ??= this.#discover().catch((cause: unknown) => {
      this.#provider = undefined;
      throw cause;
    });
    return this.#provider;
  }

  async #discover(): Promise<Configuration> {
    const { allowInsecureRequests, discovery } = await openId();
    const { issuer, clientId, clientSecret } = this.#options.config;
    const execute = isLoopbackUrl(issuer) ? [allowInsecureRequests] : [];
    return discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: timeoutSeconds });
  }
}
