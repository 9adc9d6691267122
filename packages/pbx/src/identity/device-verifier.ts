import {
  type Address,
  addressText,
  type Clock,
  digestVerifier,
  type RandomBytes,
  type RequestVerifier,
  type SipRequest,
  type Verdict,
} from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import { Guesses } from "./guesses.ts";
import { userOfDevice } from "./identify.ts";

export type DeviceVerifierOptions = {
  /** Asked at each request: who there is may change. */
  readonly users: () => Config["users"];
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Told of every wrong password, and of every request that was not even looked at. */
  readonly onRefused: (what: string, source: string, why: string) => void;
};

const wrongCredentials = "credentials are wrong";

/**
 * Asks SIP phones for their user's device name and password (digest, RFC 3261 section 22); whoever guesses is blocked for
 * a while. Departs from RFC 8760: MD5 alone is offered, see docs/decisions/0015.
 */
export function deviceVerifier({ users, clock, random, onRefused }: DeviceVerifierOptions): RequestVerifier {
  const guesses = new Guesses(clock);
  const digest = digestVerifier({
    realm: "trunkline",
    algorithms: ["MD5"],
    lookUp: async (username) => userOfDevice(users(), username)?.device,
    clock,
    random,
  });
  // While a user is blocked the right password gets the same answer as a wrong one, with a used nonce too: a guess learns
  // nothing.
  const check = async (request: SipRequest, source: Address): Promise<Verdict> => {
    const verdict = await digest.verify(request, source);
    if (verdict.username === undefined) return verdict;
    const waitSeconds = guesses.waitSeconds(verdict.username, source);
    if (waitSeconds > 0) return blocked(waitSeconds);
    if (verdict.ok) guesses.right(verdict.username, source);
    else if (verdict.why === wrongCredentials) guesses.wrong(verdict.username, source);
    return verdict;
  };
  return {
    verify: async (request, source) => {
      const verdict = await check(request, source);
      if (!verdict.ok && (verdict.why === wrongCredentials || verdict.status === 403))
        onRefused(request.method, addressText(source), verdict.why);
      return verdict;
    },
  };
}

const blocked = (seconds: number): Verdict => ({
  ok: false,
  status: 403,
  why: "too many wrong passwords from this address",
  headers: [
    ["Retry-After", String(seconds)],
    ["Warning", '399 trunkline "Too many wrong passwords. Try again later."'],
  ],
});
