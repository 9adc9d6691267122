import { type Body, bodyText } from "../message/body.ts";
import type { SipRequest } from "../message/message.ts";
import type { IncomingOffer, ResponseOptions } from "./call.ts";

/** A re-INVITE or UPDATE that waits for the application: settled once, by whoever is first. */
export class OpenOffer implements IncomingOffer {
  readonly request: SipRequest;
  readonly #answer: (status: number, options: ResponseOptions) => void;
  #open = true;

  /** `answer` sends the response. */
  constructor(request: SipRequest, answer: (status: number, options: ResponseOptions) => void) {
    this.request = request;
    this.#answer = answer;
  }

  get open(): boolean {
    return this.#open;
  }

  get sdp(): string | undefined {
    return bodyText(this.request);
  }

  get method(): IncomingOffer["method"] {
    const { method } = this.request;
    return method === "UPDATE" || method === "PRACK" ? method : "INVITE";
  }

  accept(body?: Body): void {
    this.settle(200, body === undefined ? {} : { body });
  }

  reject(status: number, options: ResponseOptions = {}): void {
    this.settle(Math.max(300, status), options);
  }

  settle(status: number, options: ResponseOptions = {}): void {
    if (!this.#open) return;
    this.#open = false;
    this.#answer(status, options);
  }
}
