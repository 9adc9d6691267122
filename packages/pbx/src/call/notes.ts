import type { LegId, LegStatistics } from "@trunkline/media-relay";
import { addressText, type Flow } from "@trunkline/sip-stack";
import { type Party, partyName } from "../domain/party.ts";
import type { WallClock } from "../kernel/time.ts";
import type { CallChange, LegRecord } from "../store/history.ts";

/** One end of a call, as it is noted. */
type NotedLeg = {
  readonly id: string;
  readonly party: Party;
  readonly sip: { readonly flow: Flow; readonly callId: string };
  readonly media?: { readonly id: LegId } | undefined;
};

/** What is kept of a leg: nothing that holds its messages once it is over. */
type LegNote = {
  readonly about: () => Pick<LegRecord, "address" | "sipCallId"> & { readonly media: LegId | undefined };
  readonly party: string;
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly ackLate?: string;
  /** It was invited, or came in, while others talked already. */
  readonly isLater: boolean;
};

/** Legs that came in while others talked and were never connected: an attempt costs nothing, so few are kept. */
const mostAttempts = 8;
/** More than this many ends, or changes, of one call are only counted. */
const mostLegs = 64;

/**
 * What is noted of a call while it lasts, for its record. Times are wall time in ms since 1970 and as far apart as they
 * really were, even when the machine's clock is set meanwhile.
 */
export class CallNotes {
  /** The time now. */
  readonly now: WallClock;
  readonly startedAtMs: number;
  rungAtMs: number | undefined;
  answeredAtMs: number | undefined;
  /** The leg that answered, or `announcement`. */
  answeredBy: string | undefined;
  /** Legs and changes that were too many to keep. */
  leftOut = 0;
  readonly #changes: CallChange[] = [];
  /** By the names that they had in this call. */
  readonly #legs = new Map<string, LegNote>();
  readonly #users = new Set<string>();
  readonly #statistics = new Map<LegId, LegStatistics>();
  #attempts = 0;

  constructor(now: WallClock) {
    this.now = now;
    this.startedAtMs = now();
  }

  /** A leg was invited, or came in. */
  add(leg: NotedLeg): void {
    const { id, party } = leg;
    if (party.kind === "user") this.#users.add(party.user);
    this.#legs.set(id, {
      about: () => aboutOf(leg),
      party: partyName(party),
      startedAtMs: this.now(),
      isLater: this.answeredAtMs !== undefined,
    });
  }

  /** The call was answered by a leg, or by an announcement. */
  answered(by: string): void {
    this.answeredAtMs = this.now();
    this.answeredBy = by;
    for (const id of ["a", by]) this.#note(id, { answeredAtMs: this.answeredAtMs });
  }

  /** One of the two was replaced. */
  changed(change: Omit<CallChange, "atMs">): void {
    const atMs = this.now();
    this.#note(change.to, { answeredAtMs: atMs });
    if (this.#changes.length < mostLegs) this.#changes.push({ atMs, ...change });
    else this.leftOut += 1;
  }

  /** A leg's ACK for our 200 did not come in time. @param contact the one that it was shown */
  ackLate(id: string, contact: string): void {
    this.#note(id, { ackLate: contact });
  }

  /** A leg has ended, or has left for another call. */
  ended(id: string): void {
    this.#note(id, { endedAtMs: this.now() });
  }

  /** Nothing more comes of a leg that has ended: its messages are let go of, and of too many attempts everything. */
  settle(id: string): void {
    const leg = this.#legs.get(id);
    if (leg === undefined) return;
    const about = leg.about();
    this.#note(id, { about: () => about });
    const isAttempt = leg.isLater && leg.answeredAtMs === undefined;
    if (isAttempt) this.#attempts += 1;
    if (!(isAttempt && this.#attempts > mostAttempts) && this.#legs.size <= mostLegs) return;
    this.#legs.delete(id);
    if (about.media !== undefined) this.#statistics.delete(about.media);
    this.leftOut += 1;
  }

  get changes(): readonly CallChange[] {
    return this.#changes;
  }

  /** A leg's media is over. */
  closed(last: LegStatistics): void {
    this.#statistics.set(last.leg, last);
  }

  /** The users at either end, those too whose phones only rang. */
  get users(): readonly string[] {
    return [...this.#users];
  }

  /** @param caller the media of the caller's leg */
  legs(caller: LegId | undefined): readonly LegRecord[] {
    // Addresses that were tried one after the other share their media: it is the last one's.
    const legs = Array.from(this.#legs, ([id, leg]) => ({ id, leg, about: leg.about() }));
    const hearer = new Map(legs.map(({ id, about: { media } }) => [id === "a" ? caller : media, id]));
    const statisticsOf = new Map([...this.#statistics].map(([media, last]) => [hearer.get(media), last]));
    return legs.map(({ id, leg, about }) => legRecord(id, { ...leg, ...about }, statisticsOf.get(id), this.now()));
  }

  #note(id: string, changes: Partial<LegNote>): void {
    const leg = this.#legs.get(id);
    if (leg !== undefined) this.#legs.set(id, { ...leg, ...changes });
  }
}

/** Characters of a Call-ID; a peer can write thousands. */
const longestCallId = 256;

/** A copy: a slice of the message's text would keep all of it. */
const callIdOf = (callId: string): string => Buffer.from(callId.slice(0, longestCallId)).toString();

const aboutOf = ({ sip: { flow, callId }, media }: NotedLeg) => ({
  address: `${flow.transport} ${addressText(flow.remote)}`,
  sipCallId: callIdOf(callId),
  media: media?.id,
});

function legRecord(
  id: string,
  leg: Omit<LegNote, "about" | "isLater"> & Pick<LegRecord, "address" | "sipCallId">,
  last: LegStatistics | undefined,
  nowMs: number,
): LegRecord {
  const { party, address, sipCallId, startedAtMs, answeredAtMs, endedAtMs = nowMs, ackLate } = leg;
  const { received, sent, roundTripMs } = last ?? {};
  return {
    ...{ id, party, address, sipCallId, startedAtMs, endedAtMs },
    ...(answeredAtMs !== undefined && { answeredAtMs }),
    ...(ackLate !== undefined && { ackLate }),
    ...(received && { received }),
    ...(sent && { sent }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
}
