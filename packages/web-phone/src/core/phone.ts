import type { Clock } from "../kernel/clock.ts";
import type { Parsed } from "../kernel/parsed.ts";
import { Call, type CallSurroundings } from "./call.ts";
import type { CallView } from "./call-view.ts";
import { readDialled } from "./dialled.ts";
import { Presence } from "./presence.ts";
import type { PresenceState } from "./presence-table.ts";
import type { PhoneSounds } from "./sounds.ts";
import type { Caller, CallLink, LinkListener, PhoneTransport } from "./transport.ts";

/** Everything the page shows, as a value. `call` stays after its end until dismissed or replaced. */
export type PhoneView = { readonly presence: PresenceState; readonly call: CallView | undefined };

/** What a phone is made of. `changed` is called after each change of the view. */
export type PhoneParts = {
  readonly clock: Clock;
  readonly transport: PhoneTransport;
  readonly sounds: PhoneSounds;
  readonly changed: (view: PhoneView) => void;
};

/** The phone of one user in one page: reachable or not, and at most one call at a time. */
export class Phone {
  readonly #parts: PhoneParts;
  readonly #presence: Presence;
  #call: Call | undefined;

  constructor(parts: PhoneParts) {
    this.#parts = parts;
    this.#presence = new Presence(parts.clock, {
      start: () => this.#startTransport(),
      stop: () => parts.transport.stop(),
      register: () => parts.transport.register(),
      changed: () => this.#changed(),
    });
  }

  get view(): PhoneView {
    return { presence: this.#presence.state, call: this.#call?.view };
  }

  goOnline(): void {
    this.#presence.dispatch("goOnline");
  }

  /** Ends a call that is up, then the registration and the connection. */
  goOffline(): void {
    this.#call?.hangUp();
    this.#presence.dispatch("goOffline");
  }

  /**
   * Calls what a person typed or pasted.
   * @returns the number that is called, or in words why it cannot be.
   */
  dial(text: string): Parsed<string> {
    const number = readDialled(text);
    if (!number.ok) return number;
    if (this.#presence.state !== "online") return { ok: false, at: 0, why: "This phone is not online." };
    if (this.#busy()) return { ok: false, at: 0, why: "You are already in a call." };
    this.#place(number.value);
    return number;
  }

  answer(): void {
    this.#parts.sounds.unlock();
    this.#call?.answer();
  }

  /** Hangs up, cancels or declines, whichever fits. */
  hangUp(): void {
    this.#call?.hangUp();
  }

  press(key: string): void {
    this.#call?.press(key);
  }

  setMuted(muted: boolean): void {
    this.#call?.setMuted(muted);
  }

  setHeld(held: boolean): void {
    this.#call?.setHeld(held);
  }

  /** Takes the call that has ended off the screen. */
  dismiss(): void {
    if (this.#busy()) return;
    this.#call = undefined;
    this.#changed();
  }

  #place(number: string): void {
    const { transport, sounds } = this.#parts;
    sounds.unlock();
    const peer: Caller = { number, name: undefined };
    this.#call = Call.outgoing(this.#surroundings(), peer, (listener) => transport.call(number, listener));
    this.#changed();
  }

  #incoming(link: CallLink, caller: Caller): LinkListener | undefined {
    if (this.#busy()) return undefined;
    let heard: LinkListener | undefined;
    this.#call = Call.incoming(this.#surroundings(), caller, (listener) => {
      heard = listener;
      return link;
    });
    this.#changed();
    return heard;
  }

  #startTransport(): void {
    this.#parts.transport.start({
      registered: () => this.#presence.dispatch("registered"),
      registrationRefused: () => this.#presence.dispatch("refused"),
      disconnected: () => this.#presence.dispatch("disconnected"),
      incoming: (link, caller) => this.#incoming(link, caller),
    });
  }

  #busy(): boolean {
    return this.#call !== undefined && !this.#call.over;
  }

  #surroundings(): CallSurroundings {
    return { clock: this.#parts.clock, sounds: this.#parts.sounds, changed: () => this.#changed() };
  }

  #changed(): void {
    this.#parts.changed(this.view);
  }
}
