import type { Clock } from "../kernel/clock.ts";
import { type Rule, step } from "../kernel/table.ts";
import { type CallEnd, type CallStage, endWords, isFailure } from "./call-end.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call-table.ts";
import { KeyQueue } from "./key-queue.ts";
import type { PhoneSounds } from "./sounds.ts";
import type { Caller, CallLink, LinkListener, SoundPath } from "./transport.ts";

/** How long sound may take to find its way before the call is given up, in milliseconds. */
export const soundPathMs = 15_000;
/** The most keys of one call that are shown. */
const shownKeys = 64;

/** What the page shows of one call. `elapsedMs` counts from the answer; `reason` says why it ended. */
export type CallView = {
  readonly direction: "outgoing" | "incoming";
  readonly peer: Caller;
  readonly state: CallState;
  readonly muted: boolean;
  readonly keys: string;
  readonly sound: SoundPath | undefined;
  readonly elapsedMs: number | undefined;
  readonly reason: string | undefined;
  readonly failed: boolean;
};

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
  readonly #actions: Readonly<Record<CallAction, (from: CallState) => void>> = {
    ringback: () => this.#around.sounds.ringback(),
    quiet: () => this.#around.sounds.quiet(),
    takeCall: () => this.#link.answer(),
    decline: () => this.#link.decline(),
    close: () => this.#link.close(),
    awaitSound: () => this.#awaitSound(),
    count: () => this.#startCount(),
    settle: (from) => this.#settle(from),
  };
  #view: CallView;
  #end: CallEnd = { kind: "here" };
  #answeredMs = 0;
  #stopCount: () => void = () => {};
  #stopPathTimer: () => void = () => {};

  private constructor(around: CallSurroundings, view: CallView, makeLink: LinkMaker) {
    this.#around = around;
    this.#view = view;
    this.#link = makeLink(this.#listener());
    this.#keys = new KeyQueue(around.clock, (key, durationMs) => this.#link.sendKey(key, durationMs));
  }

  /** Starts a call to `peer`. */
  static outgoing(around: CallSurroundings, peer: Caller, makeLink: LinkMaker): Call {
    return new Call(around, freshView("outgoing", "calling", peer), makeLink);
  }

  /** Takes in a call from `peer`, which rings from now on. */
  static incoming(around: CallSurroundings, peer: Caller, makeLink: LinkMaker): Call {
    const call = new Call(around, freshView("incoming", "incoming", peer), makeLink);
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

  #listener(): LinkListener {
    return {
      ringing: (earlySound) => this.#dispatch(earlySound ? "earlySound" : "ring"),
      accepted: () => this.#dispatch("accepted"),
      sound: (path) => this.#soundPath(path),
      ended: (end) => this.#finish("finished", end),
    };
  }

  /** A path is interrupted only once it was there: browsers also report so when they give up a first search. */
  #soundPath(path: SoundPath): void {
    if (this.over || (path === "interrupted" && !this.#soundWasThere())) return;
    if (path === "failed") {
      this.#finish("soundFailed", { kind: "noPath" });
      return;
    }
    this.#show({ sound: path });
    if (path === "checking") this.#awaitSound();
    else this.#stopPathTimer();
  }

  /** From the first answer on, sound has its time to find a way: a browser that tries nothing reports nothing. */
  #awaitSound(): void {
    if (this.#soundWasThere()) return;
    this.#stopPathTimer();
    this.#stopPathTimer = this.#around.clock.after(soundPathMs, () => this.#soundPath("failed"));
  }

  #soundWasThere(): boolean {
    const { sound } = this.#view;
    return sound === "connected" || sound === "interrupted";
  }

  #finish(event: CallEvent, end: CallEnd): void {
    if (!this.over) this.#end = end.kind === "noPath" && this.#soundWasThere() ? { kind: "pathLost" } : end;
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
    this.#stopPathTimer();
    this.#keys.close();
    this.#view = { ...this.#view, reason: endWords(this.#end, stageOf(from)), failed: isFailure(this.#end) };
  }

  #show(change: Partial<CallView>): void {
    this.#view = { ...this.#view, ...change };
    this.#around.changed();
  }
}

function freshView(direction: CallView["direction"], state: CallState, peer: Caller): CallView {
  return {
    direction,
    peer,
    state,
    muted: false,
    keys: "",
    sound: undefined,
    elapsedMs: undefined,
    reason: undefined,
    failed: false,
  };
}

function stageOf(state: CallState): CallStage {
  if (state === "talking") return "talking";
  return state === "incoming" || state === "answering" ? "offered" : "dialling";
}
