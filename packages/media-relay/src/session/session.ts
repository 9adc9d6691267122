import { LegsFull, LegUnknown, SessionClosed } from "../kernel/errors.ts";
import type { BrowserLegCore } from "../leg/browser-leg.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "../leg/leg.ts";
import { PlainLegCore } from "../leg/plain-leg.ts";
import { eventOf } from "../packet/telephone-event.ts";
import type { BrowserLeg, MediaSession, PlainLeg, SessionUser, Source, SourceLeg } from "./api.ts";
import { Loopbacks, type LoopbackUser } from "./loopbacks.ts";
import type { SessionPlace } from "./place.ts";
import { sourceLegOf } from "./sources.ts";

const sweepEveryMs = 1000;

/** A session in this thread. It owns its legs; the relay owns it. */
export class LocalSession implements MediaSession {
  readonly id: string;
  readonly #place: SessionPlace;
  readonly #user: SessionUser;
  /** The ends of its splices to other threads. */
  readonly loopbacks: Loopbacks;
  readonly #legs = new Map<LegId, JoinableLeg>();
  readonly #openings = new Set<Promise<unknown>>();
  readonly #closings = new Map<LegId, Promise<void>>();
  #legsMade = 0;
  #closing: Promise<void> | undefined;
  #cancelSweep: () => void;
  constructor(id: string, place: SessionPlace, user: SessionUser) {
    this.id = id;
    this.#place = place;
    this.#user = user;
    this.loopbacks = new Loopbacks(place, this.#loopbackUser());
    this.#cancelSweep = this.#armSweep();
  }

  /** Legs alive now, the ends of splices included. */
  get size(): number {
    return this.#legs.size + this.loopbacks.size;
  }

  async plainLeg(options: { readonly bind?: string } = {}): Promise<PlainLeg> {
    const address = options.bind ?? this.#place.plainBind;
    const leg = await this.#add((context) => PlainLegCore.open(context, this.#place.plainPorts, address));
    return { ...this.#handle(leg), local: leg.local, connect: async (remote) => this.#open(leg).connect(remote) };
  }

  async browserLeg(): Promise<BrowserLeg> {
    const leg: BrowserLegCore = await this.#add((context) => this.#place.openBrowserLeg(context));
    return {
      ...this.#handle(leg),
      offer: async (options) => this.#open(leg).offer(options),
      accept: async (answer) => this.#open(leg).accept(answer),
      answer: async (offer) => this.#open(leg).answer(offer),
    };
  }

  async sourceLeg(source: Source): Promise<SourceLeg> {
    return this.#handle(await this.#add(async (context) => sourceLegOf(context, source, this.#place.tones)));
  }

  /** A leg of this session. @throws LegUnknown or SessionClosed */
  find(id: LegId): JoinableLeg {
    this.#assertOpen();
    const leg = this.#legs.get(id);
    if (leg === undefined) throw new LegUnknown(`session ${this.id} has no leg ${id}`);
    return leg;
  }

  async join(a: LegId, b: LegId): Promise<void> {
    this.#place.joins.join(this.find(a), this.find(b));
  }

  async part(leg: LegId): Promise<void> {
    this.#place.joins.part(this.find(leg));
  }

  async press(leg: LegId, digit: string, durationMs: number): Promise<boolean> {
    const event = eventOf(digit);
    return event >= 0 && (this.find(leg).press?.(event, durationMs) ?? false);
  }

  async expectMedia(): Promise<void> {
    this.#assertOpen();
    for (const leg of this.#legs.values()) leg.expectMedia?.();
  }

  async statistics(): Promise<readonly LegStatistics[]> {
    this.#assertOpen();
    return this.#measure();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Legs that are being opened or closed meanwhile are waited for: afterwards nothing of the session is left. */
  async #close(): Promise<void> {
    this.#cancelSweep();
    const loopbacks = this.loopbacks.closeAll();
    for (const leg of this.#legs.values()) this.#drop(leg);
    try {
      await Promise.allSettled(this.#openings);
      await Promise.all([loopbacks, ...this.#closings.values()]);
    } finally {
      this.#place.onClosed(this.id);
    }
  }

  async #add<L extends JoinableLeg>(make: (context: LegContext) => Promise<L>): Promise<L> {
    return this.#admit(() => this.#openLeg(make));
  }

  async #openLeg<L extends JoinableLeg>(make: (context: LegContext) => Promise<L>): Promise<L> {
    const leg = await make(this.#context());
    if (this.#closing !== undefined) await leg.close();
    this.#assertOpen();
    this.#legs.set(leg.id, leg);
    return leg;
  }

  async #admit<T>(make: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    if (this.size + this.#openings.size >= this.#place.maxLegs) {
      throw new LegsFull(`a session has at most ${this.#place.maxLegs} legs`);
    }
    const opening = make();
    this.#openings.add(opening);
    return opening.finally(() => this.#openings.delete(opening));
  }

  #loopbackUser(): LoopbackUser {
    return {
      newLegId: () => this.#newLegId(),
      find: (leg) => this.find(leg),
      admit: (make) => this.#admit(make),
    };
  }

  #newLegId(): LegId {
    this.#legsMade += 1;
    return `${this.id}.${this.#legsMade}` as LegId;
  }

  #context(): LegContext {
    const id = this.#newLegId();
    const { clock, moment, random, tally, policy } = this.#place;
    const reports = {
      onConnected: () => this.#user.onConnected?.(id),
      onInterrupted: () => this.#user.onInterrupted?.(id),
      onFailed: (why: string) => this.#user.onFailed?.(id, why),
      onDigit: (digit: string, durationMs: number) => this.#user.onDigit?.(id, digit, durationMs),
      onPlayed: () => this.#user.onPlayed?.(id),
      onHeard: () => this.#user.onHeard?.(id),
    };
    return { id, clock, moment, random, tally, policy, reports };
  }

  #handle(leg: JoinableLeg): { readonly id: LegId; close(): Promise<void> } {
    return { id: leg.id, close: () => this.#drop(leg) };
  }

  /** Closes a leg once, however often it is asked. */
  #drop(leg: JoinableLeg): Promise<void> {
    if (this.#legs.delete(leg.id)) {
      const closing = this.#closeLeg(leg).finally(() => this.#closings.delete(leg.id));
      this.#closings.set(leg.id, closing);
    }
    return this.#closings.get(leg.id) ?? Promise.resolve();
  }

  async #closeLeg(leg: JoinableLeg): Promise<void> {
    this.#place.joins.part(leg);
    await leg.close();
    this.#user.onClosed?.(leg.statistics());
  }

  #open<L extends JoinableLeg>(leg: L): L {
    this.find(leg.id);
    return leg;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new SessionClosed(`session ${this.id} is closed`);
  }

  #armSweep(): () => void {
    return this.#place.clock.after(sweepEveryMs, () => {
      this.#cancelSweep = this.#armSweep();
      this.#sweep(this.#place.clock.nowMs());
    });
  }

  #sweep(nowMs: number): void {
    for (const leg of this.#legs.values()) {
      const notice = leg.sweep(nowMs);
      if (notice === undefined) continue;
      this.#user.onSilence?.(leg.id, notice.silence);
      if (notice.isLimit) this.#user.onSilenceLimit?.(leg.id, notice.silence);
    }
    if (this.#legs.size > 0) this.#user.onStatistics?.(this.#measure());
  }

  #measure(): readonly LegStatistics[] {
    return Array.from(this.#legs.values(), (leg) => leg.statistics());
  }
}
