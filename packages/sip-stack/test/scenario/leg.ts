import {
  type Body,
  bodyText,
  type Call,
  type CallEnd,
  type IncomingOffer,
  type IncomingRequest,
  type IncomingTransfer,
  type OutgoingCallUser,
  type SipResponse,
} from "../../src/index.ts";

/** One side of a call: what it noticed, and what both sides agreed on as it saw it. */
export class Leg implements OutgoingCallUser {
  readonly rings: number[] = [];
  readonly ends: CallEnd[] = [];
  readonly requests: IncomingRequest[] = [];
  readonly offers: IncomingOffer[] = [];
  readonly transfers: IncomingTransfer[] = [];
  /** The last offer with its answer. */
  agreed: string | undefined;
  isAnswered = false;
  /** Lost with its side: nothing can be known of it any more. */
  isGone = false;
  call!: Call;
  settle: (offer: IncomingOffer, leg: Leg) => void = (offer, leg) => leg.accept(offer);
  answerOffer: (sdp: string, leg: Leg) => void = () => {};
  transfer: (transfer: IncomingTransfer) => void = (transfer) => transfer.reject(603);
  serve: (request: IncomingRequest) => void = (request) => request.respond(200);
  readonly #describe: () => Body;
  #offered: string | undefined;

  /** `describe` makes a new SDP of this side's. */
  constructor(describe: () => Body) {
    this.#describe = describe;
  }

  onRinging({ status }: SipResponse): void {
    this.rings.push(status);
  }
  onAnswered(_: SipResponse, sdp: string | undefined): void {
    this.isAnswered = true;
    if (sdp === undefined) return;
    if (this.#offered === undefined) this.answerOffer(sdp, this);
    else this.agree(this.#offered, sdp);
  }
  onAnswer(sdp: string): void {
    if (this.#offered !== undefined) this.agree(this.#offered, sdp);
  }
  onEnded(end: CallEnd): void {
    this.ends.push(end);
  }
  onOffer(offer: IncomingOffer): void {
    this.offers.push(offer);
    this.settle(offer, this);
  }
  onRequest(request: IncomingRequest): void {
    this.requests.push(request);
    this.serve(request);
  }
  onTransfer(transfer: IncomingTransfer): void {
    this.transfers.push(transfer);
    this.transfer(transfer);
  }

  /** Remembers an offer of ours that an answer will follow. */
  offered(body: Body | undefined): void {
    this.#offered = body && textOf(body);
  }

  agree(offer: string, answer: string): void {
    this.agreed = `${offer} | ${answer}`;
  }

  /** Takes an offer with an answer of ours, or asks for one by an offer of ours. */
  accept(offer: IncomingOffer): void {
    if (!offer.open) return;
    const body = this.#describe();
    offer.accept(body);
    if (offer.sdp === undefined) this.offered(body);
    else this.agree(offer.sdp, textOf(body));
  }

  /** Offers something new; the status of the final answer, `undefined` where there was none. */
  async change(method: "INVITE" | "UPDATE" = "INVITE"): Promise<number | undefined> {
    const body = this.#describe();
    const asked = method === "INVITE" ? this.call.reinvite(body) : this.call.request("UPDATE", { body });
    const { response } = await asked;
    const answer = response !== undefined && response.status < 300 ? bodyText(response) : undefined;
    if (answer !== undefined) this.agree(textOf(body), answer);
    return response?.status;
  }
}

export function textOf(body: Body): string {
  return new TextDecoder().decode(body.bytes);
}
