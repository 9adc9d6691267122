import { LegsFull, LegUnknown, SessionClosed } from "../kernel/errors.ts";
import type { BrowserLegCore } from "../leg/browser-leg.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "../leg/leg.ts";
import { PlainLegCore } from "../leg/plain-leg.ts";
import type { BrowserLeg, MediaSession, PlainLeg, SessionUser, Source, SourceLeg } from "./api.ts";
import { Joins } from "./joins.ts";
import type { SessionPlace } from "./place.ts";
import { sourceLegOf } from "./sources.ts";

const sweepEveryMs = 1000;

/** A session in this thread. It owns its legs; the relay owns it. */
export class LocalSession implements MediaSession {
  readonly id: string;
  readonly #place: SessionPlace;
  readonly #user: SessionUser;
  readonly #legs = new Map<LegId, JoinableLeg>();
  readonly #joins = new Joins();
  #legsMade = 0;
  #legsOpening = 0;
  #closing: Promise<void> | undefined;
  #cancelSweep: () => void;
  constructor(id: string, place: SessionPlace, user: SessionUser) {
    this.id = id;
    this.#place = place;
    this.#user = user;
    this.#cancelSweep = this.#armSweep();
  }

  /** Legs alive now. */
  get size(): number {
    return this.#legs.size;
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

  async join(a: LegId, b: LegId): Promise<void> {
    this.#joins.join(this.#leg(a), this.#leg(b));
  }

  async part(leg: LegId): Promise<void> {
    this.#joins.part(this.#leg(leg));
  }

  async statistics(): Promise<readonly LegStatistics[]> {
    this.#assertOpen();
    return Array.from(this.#legs.values(), (leg) => leg.statistics());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelSweep();
    await Promise.all(Array.from(this.#legs.values(), (leg) => this.#drop(leg)));
    this.#place.onClosed(this.id);
  }

  async #add<L extends JoinableLeg>(make: (context: LegContext) => Promise<L>): Promise<L> {
    this.#assertOpen();
    if (this.#legs.size + this.#legsOpening >= this.#place.maxLegs) {
      throw new LegsFull(`a session has at most ${this.#place.maxLegs} legs`);
    }
    this.#legsOpening += 1;
    const leg = await make(this.#context()).finally(() => {
      this.#legsOpening -= 1;
    });
    if (this.#closing !== undefined) await leg.close();
    this.#assertOpen();
    this.#legs.set(leg.id, leg);
    return leg;
  }

  #context(): LegContext {
    this.#legsMade += 1;
    const id = `${this.id}.${this.#legsMade}` as LegId;
    const { clock, random, tally } = this.#place;
    const reports = {
      onConnected: () => this.#user.onConnected?.(id),
      onFailed: (why: string) => this.#user.onFailed?.(id, why),
      onDigit: (digit: string, durationMs: number) => this.#user.onDigit?.(id, digit, durationMs),
      onPlayed: () => this.#user.onPlayed?.(id),
    };
    return { id, clock, random, tally, reports };
  }

  #handle(leg: JoinableLeg): { readonly id: LegId; close(): Promise<void> } {
    return { id: leg.id, close: () => this.#drop(leg) };
  }

  async #drop(leg: JoinableLeg): Promise<void> {
    if (!this.#legs.delete(leg.id)) return;
    this.#joins.part(leg);
    await leg.close();
  }

  #leg(id: LegId): JoinableLeg {
    this.#assertOpen();
    const leg = this.#legs.get(id);
    if (leg === undefined) throw new LegUnknown(`session ${this.id} has no leg ${id}`);
    return leg;
  }

  #open<L extends JoinableLeg>(leg: L): L {
    this.#leg(leg.id);
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
      const silence = leg.sweep(nowMs);
      if (silence !== undefined) this.#user.onSilence?.(leg.id, silence);
    }
  }
}
