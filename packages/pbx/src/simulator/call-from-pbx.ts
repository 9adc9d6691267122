import type { Source } from "@trunkline/media-relay";
import {
  bodyText,
  type CallUser,
  type Clock,
  type IncomingCall,
  type IncomingOffer,
  type IncomingRequest,
  type Reach,
  sdpBody,
} from "@trunkline/sip-stack";
import type { Direction } from "@trunkline/sip-stack/sdp";
import { unreachable } from "../kernel/table.ts";
import type { CallMedia } from "./call-media.ts";
import { answerRequest, renegotiate } from "./in-dialog.ts";
import { keyHertz } from "./keypad.ts";
import type { Script, Step } from "./script.ts";

const keyMs = 200;
const keyLevelDbm0 = -12;

export type CallFromPbxOptions = {
  readonly call: IncomingCall;
  readonly script: Script;
  readonly openMedia: (onDigit: (digit: string) => void) => Promise<CallMedia>;
  readonly reach: Reach;
  readonly clock: Clock;
  /** Called once, when nothing of the call is left. */
  readonly onGone: () => void;
};

/** A call that the PBX places through the connector: carries out the script of the dialled number until someone hangs up. */
export class CallFromPbx implements CallUser {
  readonly #options: CallFromPbxOptions;
  #media: CallMedia | undefined;
  #sdp: string | undefined;
  #over = false;
  #repeatsDigits = false;
  #running: Promise<void> = Promise.resolve();
  #released: Promise<void> | undefined;
  #stopWaiting: () => void = () => {};

  constructor(options: CallFromPbxOptions) {
    this.#options = options;
  }

  /** Must be called synchronously when the INVITE comes. */
  start(): void {
    this.#options.call.attach(this, { reach: this.#options.reach });
    this.#running = this.#run();
  }

  hangUp(): void {
    this.#options.call.hangUp();
  }

  /** Hangs up and waits until nothing is left. */
  async close(): Promise<void> {
    this.hangUp();
    this.onEnded();
    await this.#running;
    await this.#release();
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

  onEnded(): void {
    this.#over = true;
    this.#stopWaiting();
    void this.#release();
  }

  async #run(): Promise<void> {
    try {
      for (const step of this.#options.script) {
        if (this.#over) return;
        await this.#carryOut(step);
      }
    } catch {
      this.#options.call.hangUp({ status: 503 });
    }
  }

  async #carryOut(step: Step): Promise<void> {
    const { call } = this.#options;
    switch (step.act) {
      case "early-media":
        return this.#sound(step.sound, (sdp) => call.ring(183, { body: sdpBody(sdp) }));
      case "answer":
        return this.#sound(step.sound, (sdp) => call.answer(sdpBody(sdp)));
      case "wait":
        return this.#wait(step.ms);
      case "reoffer":
        return this.#reoffer(step.direction);
      case "repeat-digits":
        this.#repeatsDigits = true;
        return;
      case "hang-up":
        return call.hangUp();
      case "refuse":
        return call.reject(step.status, step.reason === undefined ? {} : { reason: step.reason });
      default:
        return unreachable(step);
    }
  }

  /** Sends the answer to the PBX's offer, always the same one, then the sound. */
  async #sound(sound: Source | undefined, send: (sdp: string) => void): Promise<void> {
    this.#sdp ??= await this.#answer();
    if (this.#over) return;
    if (this.#sdp === undefined) return this.#options.call.reject(488);
    send(this.#sdp);
    if (sound === undefined) await this.#media?.hush();
    else await this.#media?.play(sound);
  }

  /** Asks for a session refresh, a hold or a resume; a refusal leaves the call as it is. */
  async #reoffer(direction: Direction): Promise<void> {
    const media = this.#media;
    const offer = await media?.offer(direction);
    if (this.#over || offer === undefined) return;
    const outcome = await this.#options.call.reinvite(sdpBody(offer));
    const answer = outcome.ok && outcome.response.status === 200 ? bodyText(outcome.response) : undefined;
    if (answer !== undefined) await media?.accept(answer);
  }

  /** Says a key's tones into the call, for as long as a person hears which key it was. */
  async #repeat(digit: string): Promise<void> {
    const hz = keyHertz(digit);
    if (!this.#repeatsDigits || this.#over || hz.length === 0) return;
    await this.#media?.play({ kind: "tone", hz, levelDbm0: keyLevelDbm0 });
    await this.#wait(keyMs);
    if (!this.#over) await this.#media?.hush();
  }

  async #answer(): Promise<string | undefined> {
    const offer = bodyText(this.#options.call.invite);
    if (offer === undefined) return undefined;
    const media = await this.#options.openMedia((digit) => void this.#repeat(digit).catch(() => this.hangUp()));
    this.#media = media;
    if (this.#over) await media.close();
    return this.#over ? undefined : media.answer(offer);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#stopWaiting = () => {
        cancel();
        resolve();
      };
    });
  }

  #release(): Promise<void> {
    this.#released ??= Promise.resolve(this.#media?.close()).then(this.#options.onGone);
    return this.#released;
  }
}
