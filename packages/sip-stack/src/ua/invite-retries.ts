import { cseqNumber } from "../dialog/dialog.ts";
import { askedSeconds, minSeconds } from "../dialog/session-timer.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Signer } from "./signer.ts";

const maxRetries = 3;
const mostMinS = 86_400;

/** Finds the INVITE that may succeed where the last one was refused, a few times at most. */
export class InviteRetries {
  readonly #signer: Signer;
  #count = 0;

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /** The next INVITE, complete but for its Via; `undefined`: the refusal stands. */
  next(invite: SipRequest, response: SipResponse): SipRequest | undefined {
    this.#count += 1;
    if (this.#count > maxRetries) return undefined;
    return response.status === 422 ? withLongerSession(invite, response) : this.#signer.answer(response, invite);
  }
}

/** RFC 4028 section 7.3: as long as the 422 asks for. A 422 that asks for no more than the INVITE did stands. */
function withLongerSession(invite: SipRequest, response: SipResponse): SipRequest | undefined {
  const minS = minSeconds(response);
  if (minS <= askedSeconds(invite) || minS > mostMinS) return undefined;
  const headers = invite.headers
    .with("CSeq", `${cseqNumber(invite) + 1} INVITE`)
    .with("Session-Expires", String(minS))
    .with("Min-SE", String(minS));
  return { ...invite, headers };
}
