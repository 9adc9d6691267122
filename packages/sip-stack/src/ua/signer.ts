import { answerChallenge, type Credentials, type DigestSession, signRequest } from "../auth/answer.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

/** Proves who we are to one peer: answers its challenge and signs what follows, RFC 3261 section 22. */
export class Signer {
  readonly #credentials: Credentials | undefined;
  readonly #random: RandomBytes;
  #session: DigestSession | undefined;

  /** Without credentials nothing is signed. */
  constructor(credentials: Credentials | undefined, random: RandomBytes) {
    this.#credentials = credentials;
    this.#random = random;
  }

  /** The request signed with the last challenge's nonce; as it is before the first challenge. */
  sign(request: SipRequest): SipRequest {
    if (this.#session === undefined) return request;
    const signed = signRequest(request, this.#session, this.#random);
    this.#session = signed.session;
    return signed.request;
  }

  /** The request once more, with the next CSeq, in answer to a 401 or 407; `undefined`: the refusal stands. */
  answer(response: SipResponse, request: SipRequest): SipRequest | undefined {
    const isChallenge = response.status === 401 || response.status === 407;
    if (this.#credentials === undefined || !isChallenge) return undefined;
    const signed = answerChallenge(response, request, this.#credentials, this.#random);
    this.#session = signed.ok ? signed.value.session : undefined;
    return signed.ok ? signed.value.request : undefined;
  }
}
