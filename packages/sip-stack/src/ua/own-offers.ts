import { cseqNumber } from "../dialog/dialog.ts";
import { DialogGone, MessageInvalid, NextHopRefused, RequestPending } from "../kernel/errors.ts";
import { fraction } from "../kernel/random.ts";
import { type Body, bodyText } from "../message/body.ts";
import type { SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
import type { AnswerOffer, Outcome, RequestOptions } from "./call.ts";
import type { Core } from "./core.ts";
import type { DialogLink } from "./dialog-link.ts";
import type { Turn } from "./turn.ts";

/** Whether we made the Call-ID decides who tries again first after a glare, RFC 3261 section 14.1. */
export type OwnOffersOptions = { readonly ownsCallId: boolean };

type OfferMethod = "INVITE" | "UPDATE";
/** What an offer carries; a function is asked each time that the offer is sent. */
type OfferOptions = RequestOptions | (() => RequestOptions | Promise<RequestOptions>);
const maxAttempts = 8;
const maxKeptAcks = 4;

/** Back-off after 491 in milliseconds, in steps of 10, RFC 3261 section 14.1. */
export function glareDelayMs(ownsCallId: boolean, fractionOfRange: number): number {
  const [least, range] = ownsCallId ? [2100, 1900] : [0, 2000];
  return least + Math.floor((fractionOfRange * range) / 10) * 10;
}

/** Makes offers in a dialog, one after the other, and tries again when the peer's offer was in the way. */
export class OwnOffers {
  readonly #core: Core;
  readonly #link: DialogLink;
  readonly #turn: Turn;
  readonly #options: OwnOffersOptions;
  readonly #acks = new Map<number, Sent>();
  #last: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};
  #closed = false;

  constructor(core: Core, link: DialogLink, turn: Turn, options: OwnOffersOptions) {
    this.#core = core;
    this.#link = link;
    this.#turn = turn;
    this.#options = options;
  }

  /**
   * Sends a re-INVITE or an UPDATE with a body once earlier ones are through; `answer` is for a re-INVITE without one.
   * Rejects with what `options` throws.
   */
  offer(method: OfferMethod, options: OfferOptions, answer?: AnswerOffer): Promise<Outcome> {
    const outcome = this.#last.then(() => this.#try(method, options, answer));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  /** Nothing is tried again; offers that wait come to an end. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #try(method: OfferMethod, options: OfferOptions, answer?: AnswerOffer): Promise<Outcome> {
    let glare: Outcome = { ok: false, error: new RequestPending() };
    for (let attempt = 0; attempt < maxAttempts && !this.#closed; attempt += 1) {
      const outcome: Outcome = this.#turn.take("weOffer") ? await this.#send(method, options, answer) : glare;
      if (!isGlare(outcome)) return outcome;
      glare = { ok: false, error: new RequestPending(), ...(outcome.response && { response: outcome.response }) };
      await this.#backOff();
    }
    return this.#closed ? { ok: false, error: new DialogGone() } : glare;
  }

  /** The turn is ours while the offer is made: no answer of ours comes between its version and the next, RFC 3264 section 8. */
  async #send(method: OfferMethod, options: OfferOptions, answer?: AnswerOffer): Promise<Outcome> {
    const made = await this.#made(options);
    if (!this.#closed) return this.#exchange(method, made, answer);
    this.#turn.take("done");
    return { ok: false, error: new DialogGone() };
  }

  async #made(options: OfferOptions): Promise<RequestOptions> {
    try {
      return typeof options === "function" ? await options() : options;
    } catch (error) {
      this.#turn.take("done");
      throw error;
    }
  }

  #exchange(method: OfferMethod, options: RequestOptions, answer?: AnswerOffer): Promise<Outcome> {
    return new Promise((resolve) => {
      let open = true;
      let answering = false;
      const settle = (outcome: Outcome): void => {
        if (open) this.#turn.take("done");
        open = false;
        resolve(outcome);
      };
      this.#link.send(method, options, {
        onFinal: (response) => {
          if (answer === undefined || response.status >= 300) this.#onFinal(method, response, settle);
          else if (answering) this.#repeat(cseqNumber(response));
          else void this.#answer(response, answer).then(settle);
          answering = true;
        },
        onError: (error) => settle({ ok: false, error }),
      });
    });
  }

  #onFinal(method: OfferMethod, response: SipResponse, settle: (outcome: Outcome) => void): void {
    if (method === "INVITE" && response.status < 300 && !this.#acknowledge(response)) {
      settle({ ok: false, error: new NextHopRefused(), response });
    } else settle({ ok: true, response });
  }

  /** ACKs a 2xx, again when it comes again; false when the way is refused. */
  #acknowledge(response: SipResponse): boolean {
    const number = cseqNumber(response);
    return this.#repeat(number) || this.#ack(number, undefined);
  }

  /** Sends an ACK again; false when there was none yet. */
  #repeat(number: number): boolean {
    const sent = this.#acks.get(number);
    if (sent !== undefined) this.#core.transactions.resend(sent);
    return sent !== undefined;
  }

  #ack(number: number, body: Body | undefined): boolean {
    const ack = this.#link.ack(number, body);
    if (ack !== undefined) this.#keep(number, ack);
    return ack !== undefined;
  }

  /** The 2xx to a re-INVITE without an offer brings one: our answer goes into the ACK, RFC 3261 section 14.1. */
  async #answer(response: SipResponse, answer: AnswerOffer): Promise<Outcome> {
    const offer = bodyText(response);
    const body = offer === undefined ? undefined : await answered(answer, offer);
    const isSent = this.#ack(cseqNumber(response), body);
    if (!isSent) return { ok: false, error: new NextHopRefused(), response };
    if (body === undefined) return { ok: false, error: new MessageInvalid("the peer's offer has no answer"), response };
    return { ok: true, response };
  }

  #keep(number: number, ack: Sent): void {
    this.#acks.set(number, ack);
    const [oldest] = this.#acks.keys();
    if (this.#acks.size > maxKeptAcks && oldest !== undefined) this.#acks.delete(oldest);
  }

  #backOff(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const delayMs = glareDelayMs(this.#options.ownsCallId, fraction(this.#core.random));
    return new Promise((resolve) => {
      const cancel = this.#core.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

async function answered(answer: AnswerOffer, offer: string): Promise<Body | undefined> {
  try {
    return await answer(offer);
  } catch {
    return undefined;
  }
}

function isGlare(outcome: Outcome): outcome is Outcome & { response?: SipResponse } {
  return outcome.ok ? outcome.response.status === 491 : outcome.error instanceof RequestPending;
}
