import { fraction } from "../kernel/random.ts";
import { bodyText } from "../message/body.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import type { AckWaits } from "./ack-wait.ts";
import type { IncomingOffer, ResponseOptions } from "./call.ts";
import type { Core } from "./core.ts";
import type { DialogLink } from "./dialog-link.ts";
import { OpenOffer } from "./open-offer.ts";
import { Ringing } from "./ringing.ts";
import type { Turn } from "./turn.ts";

/** Hears of the peer's offers. */
export type PeerOffersUser = {
  onOffer(offer: IncomingOffer): void;
  onAnswer(sdp: string): void;
  onAckMissing(): void;
  /** Whether a CANCEL over this flow is the peer's. */
  isPeer(flow: Flow): boolean;
};

const maxRetryAfterSeconds = 10;

/** Takes re-INVITE and UPDATE from the peer, RFC 3261 section 14.2 and RFC 3311, and waits for the ACK of a 2xx. */
export class PeerOffers {
  readonly #core: Core;
  readonly #link: DialogLink;
  readonly #turn: Turn;
  readonly #user: PeerOffersUser;
  readonly #acks: AckWaits;
  #open: OpenOffer | undefined;

  constructor(core: Core, link: DialogLink, turn: Turn, acks: AckWaits, user: PeerOffersUser) {
    this.#core = core;
    this.#link = link;
    this.#turn = turn;
    this.#acks = acks;
    this.#user = user;
  }

  receive(transaction: ServerTransaction): void {
    const { method, body } = transaction.request;
    const { refusal } = this.#turn;
    if (method === "UPDATE" && body.length === 0) this.#link.respond(transaction, 200);
    else if (refusal !== undefined) this.#refuse(transaction, refusal);
    else this.#present(transaction);
  }

  /** The dialog is over: an offer that nobody settled is refused, RFC 3261 section 15.1.2. */
  close(): void {
    this.#open?.settle(487);
  }

  #refuse(transaction: ServerTransaction, status: 491 | 500): void {
    const seconds = Math.floor(fraction(this.#core.random) * (maxRetryAfterSeconds + 1));
    const headers: [string, string][] = status === 500 ? [["Retry-After", String(seconds)]] : [];
    this.#link.respond(transaction, status, { headers });
  }

  #present(transaction: ServerTransaction): void {
    const { clock, ringingMs } = this.#core;
    const waiting = new Ringing(clock, ringingMs, { repeat: () => {}, tooLong: () => offer.settle(480) });
    const offer = new OpenOffer(transaction.request, (status, options) => {
      waiting.stop();
      this.#answer(transaction, status, options);
    });
    this.#turn.take("theyOffer");
    this.#open = offer;
    transaction.watch({ onCancel: () => offer.settle(487), mayCancel: (flow) => this.#user.isPeer(flow) });
    this.#user.onOffer(offer);
  }

  #answer(transaction: ServerTransaction, status: number, options: ResponseOptions): void {
    const response = this.#link.respond(transaction, status, options);
    if (transaction.request.method !== "INVITE" || status >= 300) this.#turn.take("done");
    else this.#awaitAck(transaction, response);
  }

  #awaitAck(transaction: ServerTransaction, response: SipResponse): void {
    this.#acks.start(transaction, response, {
      acknowledged: (ack) => this.#acknowledged(transaction.request, ack),
      missing: () => {
        this.#turn.take("done");
        this.#user.onAckMissing();
      },
    });
  }

  #acknowledged(invite: SipRequest, ack: SipRequest): void {
    this.#turn.take("done");
    const sdp = bodyText(invite) === undefined ? bodyText(ack) : undefined;
    if (sdp !== undefined) this.#user.onAnswer(sdp);
  }
}
