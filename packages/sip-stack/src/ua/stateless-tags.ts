import { createHmac } from "node:crypto";
import { newToken, type RandomBytes } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import { serverKey } from "../transaction/key.ts";

const tagLength = 32;

/**
 * To tags of refusals, made of the request: a repeated request that nothing is remembered of gets the same one, and its
 * ACK is recognised by it. RFC 3261 sections 8.2.7 and 19.3.
 */
export class StatelessTags {
  readonly #random: RandomBytes;
  #secret: string | undefined;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** The tag for a request; an ACK has that of its INVITE. */
  of(request: SipRequest): string {
    this.#secret ??= newToken(this.#random);
    const { headers } = request;
    const text = `${serverKey(request)} ${headers.get("Call-ID")} ${headers.get("CSeq")?.split(/\s/)[0]}`;
    return createHmac("sha256", this.#secret).update(text).digest("hex").slice(0, tagLength);
  }
}
