import type { CallTable } from "../kernel/calls.ts";
import type { Clock } from "../kernel/clock.ts";
import { type LinkUser, type Thread, WorkerLink } from "./link.ts";
import { Pulse } from "./pulse.ts";

/** A crashed thread is replaced after so long: a thread that cannot live must not eat a processor. */
const replaceAfterMs = 1000;
/** A thread that was asked to end and still has something open is ended. */
const endWithinMs = 3000;

/** What every lasting thread can be asked: whether it is there. */
export type LastingCalls = CallTable & {
  readonly ping: { readonly ask: Record<never, never>; readonly answer: undefined };
};

/** What a lasting thread reports. `onReady` and `onGone`: each time that there is one, or no longer one. */
export type LastingUser<Told> = LinkUser<Told>;

/** One thread that is there as long as it is wanted: when it crashes or hangs another takes its place. */
export class LastingThread<C extends LastingCalls, Told extends object = never> {
  readonly #name: string;
  readonly #spawn: () => Thread;
  readonly #clock: Clock;
  readonly #user: LastingUser<Told>;
  #link: WorkerLink<C, Told> | undefined;
  #isReady = false;
  #isClosed = false;
  #cancelReplacement: () => void = () => {};
  #pulse: Pulse | undefined;
  constructor(name: string, spawn: () => Thread, clock: Clock, user: LastingUser<Told>) {
    this.#name = name;
    this.#spawn = spawn;
    this.#clock = clock;
    this.#user = user;
  }

  /** The way to the thread that is there now. */
  get link(): WorkerLink<C, Told> | undefined {
    return this.#isReady ? this.#link : undefined;
  }

  /** Starts the thread. Rejects when it ends before it is ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#link = new WorkerLink<C, Told>(this.#name, this.#spawn(), this.#linkUser(resolve, reject));
    });
  }

  /** Ends it: `ask` asks it to close what it has. */
  async close(ask: (link: WorkerLink<C, Told>) => Promise<unknown>): Promise<void> {
    this.#isClosed = true;
    this.#cancelReplacement();
    this.#pulse?.stop();
    const link = this.#link;
    if (link === undefined) return;
    link.expectEnd();
    const cancel = this.#clock.after(endWithinMs, () => void link.terminate());
    await ask(link).catch(() => {});
    await link.exited;
    cancel();
  }

  #linkUser(onReady: () => void, onNeverReady: (cause: Error) => void): LinkUser<Told> {
    return {
      ...this.#user,
      onReady: () => {
        this.#isReady = true;
        this.#watch(this.#link!);
        this.#user.onReady();
        onReady();
      },
      onGone: (cause) => {
        onNeverReady(cause);
        this.#onGone(cause);
      },
    };
  }

  #watch(link: WorkerLink<C, Told>): void {
    this.#pulse = new Pulse(
      () => link.ask("ping", {}),
      this.#clock,
      () => void link.terminate(new Error("it gave no sign of life for ten seconds")),
    );
  }

  #onGone(cause: Error): void {
    this.#pulse?.stop();
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#link = undefined;
    if (!wasReady) return;
    this.#user.onGone(cause);
    if (!this.#isClosed) this.#replaceLater();
  }

  #replaceLater(): void {
    this.#cancelReplacement = this.#clock.after(replaceAfterMs, () => {
      this.start().catch(() => this.#isClosed || this.#replaceLater());
    });
  }
}
