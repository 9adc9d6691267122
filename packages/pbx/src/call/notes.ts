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
  /** The Contacts that those were shown whose ACK for our 200 did not come in time. */
  readonly ackLate = new Map<string, string>();
  readonly #changes: CallChange[] = [];
  /** By the names that they had in this call. */
  readonly #legs = new Map<string, NotedLeg>();
  readonly #sound = new Map<LegId, LegStatistics>();

  constructor(now: WallClock) {
    this.now = now;
    this.startedAtMs = now();
  }

  add(leg: NotedLeg): void {
    this.#legs.set(leg.id, leg);
  }

  /** One of the two was replaced. */
  changed(change: Omit<CallChange, "atMs">): void {
    this.#changes.push({ atMs: this.now(), ...change });
  }

  get changes(): readonly CallChange[] {
    return this.#changes;
  }

  /** A leg's sound is over. */
  closed(last: LegStatistics): void {
    this.#sound.set(last.leg, last);
  }

  /** The users at either end, those too whose phones only rang. */
  get users(): readonly string[] {
    return [...new Set([...this.#legs.values()].flatMap(({ party }) => (party.kind === "user" ? [party.user] : [])))];
  }

  /** @param caller the sound of the caller's leg */
  legs(caller: LegId | undefined): readonly LegRecord[] {
    // Addresses that were tried one after the other share their sound: it is the last one's.
    const legs = [...this.#legs];
    const hearer = new Map(legs.map(([id, { media }]) => [id === "a" ? caller : media?.id, id]));
    const soundOf = new Map([...this.#sound].map(([media, sound]) => [hearer.get(media), sound]));
    return legs.map(([id, leg]) => legRecord({ ...leg, id }, soundOf.get(id), this.ackLate.get(id)));
  }
}

function legRecord(
  { id, party, sip: { flow, callId } }: NotedLeg,
  sound: LegStatistics | undefined,
  ackLate: string | undefined,
): LegRecord {
  const { received, sent, roundTripMs } = sound ?? {};
  return {
    id,
    party: partyName(party),
    address: `${flow.transport} ${addressText(flow.remote)}`,
    sipCallId: callId,
    ...(ackLate !== undefined && { ackLate }),
    ...(received && { received }),
    ...(sent && { sent }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
}
