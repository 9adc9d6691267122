import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Clock, RandomBytes } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import { Guesses } from "../identity/guesses.ts";
import { randomName } from "../kernel/names.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Passkey, Passkeys } from "../store/passkeys.ts";
import type { Session } from "../store/sessions.ts";
import type { Audit } from "./audit.ts";
import type { Visitor } from "./live-sessions.ts";
import { Pending } from "./pending.ts";
import { hashOf, newSecret } from "./secret.ts";

/** Whose passkeys these are, WebAuthn level 3 section 4: the host by which people know us, and the origins of its pages. */
export type RelyingParty = { readonly id: string; readonly origins: readonly string[] };

export type PasskeySignInOptions = {
  readonly store: Passkeys;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  readonly users: () => ReadonlyMap<UserName, User>;
  readonly relyingParty: () => RelyingParty;
  readonly audit: Audit;
};

/** What came of an answer: a value, or why it is refused, in words for our own log. */
export type Judged<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };

const refused = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

const pending = { validMs: 300_000, capacity: 10_000 };
const perUser = 20;
const transports = new Set(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]);

/** Ed25519, ECDSA with P-256, RSA (RFC 9053 section 2, RFC 8812): what authenticators have. */
const algorithms = [-8, -7, -257];

/** The library takes some time to load and some memory: who needs it first waits for it. */
const webAuthn = () => import("@simplewebauthn/server");

/** Passkeys: made in a signed-in browser, used to sign in afterwards. People are asked for finger, face or PIN. */
export class PasskeySignIn {
  readonly #options: PasskeySignInOptions;
  readonly #asked: Pending<"sign-in">;
  /** Challenges for new passkeys, each for one session alone. */
  readonly #offered: Pending<string>;
  readonly #guesses: Guesses;

  constructor(options: PasskeySignInOptions) {
    this.#options = options;
    this.#asked = new Pending(options.clock, pending);
    this.#offered = new Pending(options.clock, pending);
    this.#guesses = new Guesses(options.clock);
  }

  /** What a signed-in browser needs to make a passkey. */
  async offer(session: Session, user: User): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { relyingParty, random } = this.#options;
    const { generateRegistrationOptions } = await webAuthn();
    const challenge = newSecret(random);
    this.#offered.put(challenge, session.id, user.name);
    return generateRegistrationOptions({
      rpName: "Trunkline",
      rpID: relyingParty().id,
      challenge: Buffer.from(challenge, "base64url"),
      userID: Buffer.from(hashOf(`trunkline ${user.name}`), "hex"),
      userName: user.name,
      userDisplayName: user.displayName,
      excludeCredentials: (await this.of(user.name)).map(({ credential, transports: ways }) => ({
        id: credential,
        transports: [...ways],
      })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestationType: "none",
      supportedAlgorithmIDs: algorithms,
    });
  }

  /** Takes the passkey that a browser has made. */
  async enrol(session: Session, response: RegistrationResponseJSON, visitor: Visitor): Promise<Judged<Passkey>> {
    const { store, wallClock, random, audit, relyingParty } = this.#options;
    const { verifyRegistrationResponse } = await webAuthn();
    const { id: expectedRPID, origins } = relyingParty();
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) => this.#offered.take(challenge) === session.id,
      expectedOrigin: [...origins],
      expectedRPID,
      supportedAlgorithmIDs: algorithms,
    }).catch(() => undefined);
    if (verified?.verified !== true) return refused("the new passkey cannot be verified");
    if ((await this.of(session.user)).length >= perUser) return refused("the user has too many passkeys");
    const { id: credential, publicKey, counter } = verified.registrationInfo.credential;
    if ((await store.withCredential(credential)) !== undefined) return refused("the passkey is known already");
    const nowMs = wallClock();
    const passkey: Passkey = {
      id: randomName(random, 8),
      credential,
      user: session.user,
      publicKey,
      counter,
      session: session.id,
      transports: (response.response.transports ?? []).filter((way) => transports.has(way)),
      browser: visitor.browser,
      createdAtMs: nowMs,
      usedAtMs: nowMs,
    };
    await store.add(passkey);
    audit({ kind: "passkey-added", user: session.user, passkey: passkey.id, source: visitor.source });
    return { ok: true, value: passkey };
  }

  /** What a browser needs to sign in: the same for everybody, it names nobody. @param source the network that asks */
  async ask(source: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { generateAuthenticationOptions } = await webAuthn();
    const challenge = newSecret(this.#options.random);
    this.#asked.put(challenge, "sign-in", source);
    return generateAuthenticationOptions({
      rpID: this.#options.relyingParty().id,
      challenge: Buffer.from(challenge, "base64url"),
      userVerification: "required",
    });
  }

  /**
   * Whose passkey has answered. Ten wrong answers shut an account out for ten minutes, for the network that they came from:
   * shut for all, it could be turned on its owner by whoever knows a passkey's name.
   */
  async judge(response: AuthenticationResponseJSON, source: string): Promise<Judged<Passkey>> {
    const { store, users, wallClock } = this.#options;
    const passkey = await store.withCredential(response.id);
    if (passkey === undefined || !users().has(passkey.user)) return refused("the passkey is unknown");
    const from = { address: source, port: 0 };
    if (this.#guesses.waitSeconds(passkey.user, from) > 0) return refused("too many wrong answers for this user");
    const counter = await this.#verify(response, passkey);
    if (counter === undefined) {
      this.#guesses.wrong(passkey.user, from);
      return refused("the passkey's answer is wrong");
    }
    this.#guesses.right(passkey.user, from);
    const isThere = await store.used(passkey.id, { counter, usedAtMs: wallClock() });
    return isThere ? { ok: true, value: passkey } : refused("the passkey was taken back");
  }

  async #verify(response: AuthenticationResponseJSON, passkey: Passkey): Promise<number | undefined> {
    const { verifyAuthenticationResponse } = await webAuthn();
    const { id: expectedRPID, origins } = this.#options.relyingParty();
    const { credential: id, publicKey, counter } = passkey;
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => this.#asked.take(challenge) !== undefined,
      expectedOrigin: [...origins],
      expectedRPID,
      credential: { id, publicKey: Uint8Array.from(publicKey), counter },
    }).catch(() => undefined);
    return verified?.verified === true ? verified.authenticationInfo.newCounter : undefined;
  }

  all(): Promise<readonly Passkey[]> {
    return this.#options.store.all();
  }

  /** Those of one user, oldest first. */
  async of(user: UserName): Promise<readonly Passkey[]> {
    return (await this.all()).filter((passkey) => passkey.user === user);
  }

  /** Takes back those that are meant. @returns how many */
  async removeAll(isMeant: (passkey: Passkey) => boolean, by: string): Promise<number> {
    const { store, audit } = this.#options;
    const removed = (await store.all()).filter(isMeant);
    for (const { id, user } of removed) {
      await store.remove(id);
      audit({ kind: "passkey-removed", user, passkey: id, by });
    }
    return removed.length;
  }
}
