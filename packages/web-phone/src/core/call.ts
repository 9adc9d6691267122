import type { Clock } from "../kernel/clock.ts";
import { type Rule, step } from "../kernel/table.ts";
import { type CallEnd, endWords, failureOf, isFailure } from "./call-end.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call-table.ts";
import { type CallView, freshView, stageOf } from "./call-view.ts";
import { KeyQueue } from "./key-queue.ts";
import { SoundWatch } from "./sound-watch.ts";
import type { PhoneSounds } from "./sounds.ts";
import type { Caller, CallLink, LinkListener, SoundPath } from "./transport.ts";

/** The most keys of one call that are shown. */
const shownKeys = 64;

/** What a call needs from around it. `changed` is called after each change of the view. */
export type CallSurroundings = {
  readonly clock: Clock;
  readonly sounds: PhoneSounds;
  readonly changed: () => void;
};

/** Makes the link of a call once its listener exists. */
export type LinkMaker = (listener: LinkListener) => CallLink;

/** One call: carries out {@link callTable}. Frees its timers and its link when it reaches `ended`. */
export class Call {
  readonly #around: CallSurroundings;
  readonly #link: CallLink;
  readonly #keys: KeyQueue;
  readonly #sound: SoundWatch;
  readonly #actions: Readonly<Record<CallAction, (from: CallState) => void>> = {
    ringback: () => this.#around.sounds.ringback(),
    quiet: () => this.#around.sounds.quiet(),
    takeCall: () => this.#link.answer(),
    decline: () => this.#link.decline(),
    close: () => this.#link.close(failureOf(this.#end)),
    awaitSound: () => this.#sound.begin(),
    count: () => this.#startCount(),
    settle: (from) => this.#settle(from),
  };
  #view: CallView;
  #end: CallEnd = { kind: "here" };
  #answeredMs = 0;
  #stopCount: () => void = () => {};

  private constructor(around: CallSurroundings, view: CallView, makeLink: LinkMaker) {
    this.#around = around;
    this.#view = view;
    this.#sound = new SoundWatch(around.clock, (path) => this.#soundPath(path));
    this.#link = makeLink(this.#listener());
    this.#keys = new KeyQueue((key, durationMs) => this.#link.sendKey(key, durationMs));
  }

  /** Starts a call to `peer`. */
  static outgoing(around: CallSurroundings, peer: Caller, makeLink: LinkMaker): Call {
    return new Call(around, freshView("outgoing", peer), makeLink);
  }

  /** Takes in a call from `peer`, which rings from now on. */
  static incoming(around: CallSurroundings, peer: Caller, makeLink: LinkMaker): Call {
    const call = new Call(around, freshView("incoming", peer), makeLink);
    around.sounds.ring();
    return call;
  }

  get view(): CallView {
    return this.#view;
  }

  get over(): boolean {
    return this.#view.state === "ended";
  }

  answer(): void {
    this.#dispatch("answer");
  }

  /** Hangs up, cancels or declines, whichever fits. */
  hangUp(): void {
    this.#finish("hangUp", { kind: "here" });
  }

  /** Sends one key of `0-9*#`; outside a conversation nothing happens. */
  press(key: string): void {
    if (this.#view.state !== "talking" || !/^[0-9*#]$/.test(key) || !this.#keys.push(key)) return;
    this.#around.sounds.key(key);
    this.#show({ keys: (this.#view.keys + key).slice(-shownKeys) });
  }

  setMuted(muted: boolean): void {
    if (this.over) return;
    this.#link.setMuted(muted);
    this.#show({ muted });
  }

  /** Puts the other side on hold, or takes it back. */
  setHeld(held: boolean): void {
    if (this.#view.state === "talking") this.#link.setHeld(held);
  }

  #listener(): LinkListener {
    return {
      ringing: (earlySound) => this.#dispatch(earlySound ? "earlySound" : "ring"),
      accepted: () => this.#dispatch("accepted"),
      sound: (path) => {
        if (!this.over) this.#sound.heard(path);
      },
      held: (held) => {
        if (!this.over) this.#show({ held });
      },
      keySent: () => this.#keys.sent(),
      ended: (end) => this.#finish("finished", end),
    };
  }

  #soundPath(path: SoundPath): void {
    if (path === "failed") this.#finish("soundFailed", { kind: "noPath" });
    else if (!this.over) this.#show({ sound: path });
  }

  #finish(event: CallEvent, end: CallEnd): void {
    if (!this.over) this.#end = end.kind === "noPath" && this.#sound.wasThere ? { kind: "pathLost" } : end;
    this.#dispatch(event);
  }

  #dispatch(event: CallEvent): void {
    const from = this.#view.state;
    const rule: Rule<CallState, CallAction> | undefined = step<CallState, CallEvent, CallAction>(
      callTable,
      from,
      event,
    );
    if (rule === undefined) return;
    this.#view = { ...this.#view, state: rule.to };
    for (const action of rule.run) this.#actions[action](from);
    this.#around.changed();
  }

  #startCount(): void {
    this.#answeredMs = this.#around.clock.nowMs();
    this.#count();
  }

  #count(): void {
    const elapsedMs = this.#around.clock.nowMs() - this.#answeredMs;
    this.#stopCount = this.#around.clock.after(1000 - (elapsedMs % 1000), () => this.#count());
    this.#show({ elapsedMs });
  }

  #settle(from: CallState): void {
    this.#stopCount();
    this.#sound.close();
    this.#keys.close();
    this.#view = { ...this.#view, reason: endWords(this.#end, stageOf(from)), failed: isFailure(this.#end) };
  }

  #show(change: Partial<CallView>): void {
    this.#view = { ...this.#view, ...change };
    this.#around.changed();
  }
}
