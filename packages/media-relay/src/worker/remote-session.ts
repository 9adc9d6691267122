import type { Address } from "../kernel/datagrams.ts";
import { SessionClosed } from "../kernel/errors.ts";
import { unreachable } from "../kernel/unreachable.ts";
import type { LegId, LegStatistics } from "../leg/leg.ts";
import type { PlainRemote } from "../leg/plain-leg.ts";
import type { BrowserLeg, Leg, MediaSession, PlainLeg, SessionUser, Source, SourceLeg } from "../session/api.ts";
import type { LoopbackEnd } from "../session/loopbacks.ts";
import type { WorkerLink } from "./link.ts";
import type { AnswerOf, AskOf, Calls, LegEvent, Op, ToldByWorker } from "./protocol.ts";
import { Watches } from "./watches.ts";

/** The way to the thread that carries the session. */
type Link = Pick<WorkerLink<Calls, ToldByWorker>, "ask">;

/** A session that lives on a worker, as the main thread holds it. */
export class RemoteSession implements MediaSession {
  readonly id: string;
  readonly #link: Link;
  readonly #user: SessionUser;
  readonly #legs = new Set<LegId>();
  /** Who wants to hear that a leg is parted. */
  readonly #watches = new Watches();
  readonly #onClosed: () => void;
  #closing: Promise<void> | undefined;
  constructor(id: string, link: Link, user: SessionUser, onClosed: () => void) {
    this.id = id;
    this.#link = link;
    this.#user = user;
    this.#onClosed = onClosed;
  }

  async plainLeg(options: { readonly bind?: string } = {}): Promise<PlainLeg> {
    const { leg, local } = await this.#ask("plainLeg", { session: this.id, ...options });
    const connect = async (remote: PlainRemote): Promise<void> => this.#ask("connect", { ...this.#of(leg), remote });
    return { ...this.#handle(leg), local, connect };
  }

  async browserLeg(): Promise<BrowserLeg> {
    const { leg } = await this.#ask("browserLeg", { session: this.id });
    return {
      ...this.#handle(leg),
      offer: (options) => this.#ask("offer", { ...this.#of(leg), options }),
      accept: async (sdp) => this.#ask("accept", { ...this.#of(leg), sdp }),
      answer: (sdp) => this.#ask("answer", { ...this.#of(leg), sdp }),
    };
  }

  async sourceLeg(source: Source): Promise<SourceLeg> {
    return this.#handle((await this.#ask("sourceLeg", { session: this.id, source })).leg);
  }

  async join(a: LegId, b: LegId): Promise<void> {
    this.#watches.tell(a, b);
    await this.#ask("join", { session: this.id, a, b });
  }

  async part(leg: LegId): Promise<void> {
    this.#watches.tell(leg);
    await this.#ask("part", this.#of(leg));
  }

  /** Whether both are on the same worker. */
  isBeside(other: RemoteSession): boolean {
    return this.#link === other.#link;
  }

  /** Runs `task` once, as soon as a leg is parted, joined elsewhere or lost; the returned function stops waiting. */
  whenParted(leg: LegId, task: () => void): () => void {
    this.#watches.tell(leg);
    return this.#watches.add(leg, task);
  }

  /** Joins a leg to one of a session on the same worker. */
  async spliceBeside(leg: LegId, other: { readonly session: RemoteSession; readonly leg: LegId }): Promise<void> {
    await this.#ask("splice", { a: this.#of(leg), b: other.session.#of(other.leg) });
  }

  openLoopback(): Promise<LoopbackEnd> {
    return this.#ask("openLoopback", { session: this.id });
  }

  async joinLoopback(leg: LegId, end: LegId, to: Address): Promise<void> {
    await this.#ask("joinLoopback", { ...this.#of(leg), end, to });
  }

  async closeLoopback(end: LegId): Promise<void> {
    await this.#ask("closeLoopback", { session: this.id, end }).catch(ofNoConcern);
  }

  press(leg: LegId, digit: string, durationMs: number): Promise<boolean> {
    return this.#ask("press", { ...this.#of(leg), digit, durationMs });
  }

  async expectMedia(): Promise<void> {
    await this.#ask("expectMedia", { session: this.id });
  }

  statistics(): Promise<readonly LegStatistics[]> {
    return this.#ask("statistics", { session: this.id });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The worker reports something of a leg. While the session closes, only that its legs have. */
  tell(leg: LegId, event: LegEvent): void {
    if (this.#closing !== undefined && event.name !== "closed") return;
    switch (event.name) {
      case "connected":
        this.#user.onConnected?.(leg);
        break;
      case "interrupted":
        this.#user.onInterrupted?.(leg);
        break;
      case "failed":
        this.#user.onFailed?.(leg, event.why, event.isFinal ?? false);
        break;
      case "silence":
        this.#user.onSilence?.(leg, event.silent);
        break;
      case "digit":
        this.#user.onDigit?.(leg, event.digit, event.durationMs);
        break;
      case "played":
        this.#user.onPlayed?.(leg);
        break;
      case "heard":
        this.#user.onHeard?.(leg);
        break;
      case "silence-limit":
        this.#user.onSilenceLimit?.(leg, event.silent);
        break;
      case "closed":
        this.#user.onClosed?.(event.last);
        break;
      default:
        unreachable(event);
    }
  }

  /** The worker has measured the session's legs. */
  measured(legs: readonly LegStatistics[]): void {
    if (this.#closing === undefined) this.#user.onStatistics?.(legs);
  }

  /** The worker is gone: every leg has failed. */
  lose(cause: Error): void {
    this.#watches.tellAll();
    for (const leg of this.#legs) this.tell(leg, { name: "failed", why: cause.message, isFinal: true });
  }

  #ask<O extends Op>(op: O, ask: AskOf<O>): Promise<AnswerOf<O>> {
    if (this.#closing !== undefined) return Promise.reject(new SessionClosed(`session ${this.id} is closed`));
    return this.#link.ask(op, ask);
  }

  #of(leg: LegId): { readonly session: string; readonly leg: LegId } {
    return { session: this.id, leg };
  }

  #handle(leg: LegId): Leg {
    this.#legs.add(leg);
    return { id: leg, close: () => this.#closeLeg(leg) };
  }

  async #closeLeg(leg: LegId): Promise<void> {
    this.#watches.tell(leg);
    const isMine = this.#legs.delete(leg);
    if (isMine && this.#closing === undefined) await this.#link.ask("closeLeg", this.#of(leg)).catch(ofNoConcern);
  }

  async #close(): Promise<void> {
    this.#watches.tellAll();
    await this.#link.ask("closeSession", { session: this.id }).catch(ofNoConcern);
    this.#onClosed();
  }
}

/** What is to be closed is closed when its worker is gone. */
const ofNoConcern = (): void => {};
