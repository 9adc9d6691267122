import { answerChallenge, type Credentials, type DigestSession, type Signed, signRequest } from "../auth/answer.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

// The server and a few proxies before it; a peer may name another realm each time.
const maxSessions = 4;
const none: readonly DigestSession[] = [];

/** Proves who we are: answers challenges and signs what follows, for the server and each proxy before it, RFC 3261 section 22. */
export class Signer {
  readonly #credentials: Credentials | undefined;
  readonly #random: RandomBytes;
  #sessions = none;

  /** Without credentials nothing is signed. */
  constructor(credentials: Credentials | undefined, random: RandomBytes) {
    this.#credentials = credentials;
    this.#random = random;
  }

  /** The request signed with the nonce of each challenge that was answered; as it is before the first. */
  sign(request: SipRequest): SipRequest {
    let complete = request;
    this.#sessions = this.#sessions.map((session) => {
      const signed = signRequest(complete, session, this.#random);
      complete = signed.request;
      return signed.session;
    });
    return complete;
  }

  /** The request once more, with the next CSeq, in answer to a 401 or 407; `undefined`: the refusal stands. */
  answer(response: SipResponse, request: SipRequest): SipRequest | undefined {
    const isChallenge = response.status === 401 || response.status === 407;
    if (this.#credentials === undefined || !isChallenge) return undefined;
    const signed = answerChallenge(response, request, this.#credentials, this.#random);
    if (signed.ok) return this.#take(signed.value);
    this.#sessions = none;
    return undefined;
  }

  /** Whoever else has asked has seen its answer in the refused request: the next one brings it a new one. */
  #take({ request, session }: Signed): SipRequest {
    this.#sessions = this.#sessions.filter((other) => !isOfOne(other, session)).slice(1 - maxSessions);
    const complete = this.sign(request);
    this.#sessions = [...this.#sessions, session];
    return complete;
  }
}

function isOfOne(one: DigestSession, other: DigestSession): boolean {
  return one.role === other.role && one.challenge.realm === other.challenge.realm;
}
