import type { Source } from "@trunkline/media-relay";
import type {
  CallEnd,
  IncomingOffer,
  IncomingRequest,
  OutgoingCall,
  OutgoingCallUser,
  SipResponse,
} from "@trunkline/sip-stack";
import { messageOf } from "../kernel/errors.ts";
import type { CallMedia } from "./call-media.ts";
import { answerRequest, renegotiate } from "./in-dialog.ts";
import { answered, failed, outcomeOf, type SimulatedCall } from "./outcome.ts";

export type CallToPbxOptions = {
  readonly id: string;
  /** What the caller does with the audio once someone answers. */
  readonly sound: Source;
  readonly openMedia: () => Promise<CallMedia>;
  /** Sends the INVITE with this offer. */
  readonly invite: (offer: string, user: OutgoingCallUser) => OutgoingCall;
  /** Called once, when nothing of the call is left. */
  readonly onGone: () => void;
};

/** A call of the telephone network to the PBX: rings until it is answered, refused or hung up, then plays its sound. */
export class CallToPbx implements OutgoingCallUser {
  /** Settles when the call is answered or will never be; never rejects. */
  readonly outcome: Promise<SimulatedCall>;
  readonly #options: CallToPbxOptions;
  readonly #settle: (outcome: SimulatedCall) => void;
  #media: CallMedia | undefined;
  #call: OutgoingCall | undefined;
  #accepted: Promise<boolean> | undefined;
  #hungUp = false;
  #inviting: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;

  constructor(options: CallToPbxOptions) {
    const { promise, resolve } = Promise.withResolvers<SimulatedCall>();
    this.#options = options;
    this.#settle = resolve;
    this.outcome = promise;
  }

  start(): void {
    this.#inviting = this.#invite().catch((failure) => this.#end(failed(this.#options.id, 503, messageOf(failure))));
  }

  /** Ends the call whatever its state: CANCEL before the answer, BYE after it. */
  hangUp(): void {
    this.#hungUp = true;
    this.#call?.hangUp();
  }

  /** Hangs up and waits until nothing is left. */
  async close(): Promise<void> {
    this.hangUp();
    await this.#inviting;
    await this.#end(failed(this.#options.id, 487, "The simulator was closed."));
  }

  onRinging(_response: SipResponse, sdp: string | undefined): void {
    if (sdp !== undefined) void this.#accept(sdp).catch(() => this.hangUp());
  }

  onAnswered(_response: SipResponse, sdp: string | undefined): void {
    void this.#talk(sdp).catch(() => this.#giveUp("The sound could not be set up."));
  }

  onOffer(offer: IncomingOffer): void {
    void renegotiate(this.#media, offer);
  }

  onAnswer(body: string): void {
    void this.#media?.accept(body).catch(() => this.hangUp());
  }

  onRequest(request: IncomingRequest): void {
    answerRequest(request);
  }

  onEnded(end: CallEnd): void {
    void this.#end(outcomeOf(this.#options.id, end));
  }

  async #invite(): Promise<void> {
    this.#media = await this.#options.openMedia();
    const offer = await this.#media.offer();
    if (this.#hungUp) return this.#end(failed(this.#options.id, 487, "The caller hung up before the call was placed."));
    this.#call = this.#options.invite(offer, this);
  }

  async #talk(sdp: string | undefined): Promise<void> {
    if (!(await this.#accept(sdp))) return this.#giveUp("The answer names no audio that can be used.");
    await this.#media?.play(this.#options.sound);
    this.#settle(answered(this.#options.id));
  }

  /** The first SDP that comes is the answer, in a 183 or in the 200; later ones repeat it. */
  #accept(sdp: string | undefined): Promise<boolean> {
    if (this.#accepted === undefined && sdp !== undefined) this.#accepted = this.#media?.accept(sdp);
    return this.#accepted ?? Promise.resolve(false);
  }

  #giveUp(words: string): void {
    this.#settle(failed(this.#options.id, 488, words));
    this.hangUp();
  }

  #end(outcome: SimulatedCall): Promise<void> {
    this.#ended ??= Promise.resolve(this.#media?.close()).then(() => {
      this.#settle(outcome);
      this.#options.onGone();
    });
    return this.#ended;
  }
}
