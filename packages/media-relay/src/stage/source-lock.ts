import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { ArrivingRun, elsewhere, maxMisorder } from "../packet/run.ts";
import { seqAdd, seqDelta } from "../packet/sequence.ts";
import { KeysBeside } from "./keys-beside.ts";
import type { Sink, Stage } from "./stage.ts";

/** How long the present source must be silent before another takes its place: more than its frames jitter. */
const silentMs = 80;
/** Packets of other sources that are kept meanwhile; beyond it the oldest is refused. */
const mostHeld = 32;

type Held = { readonly packet: Uint8Array; readonly atMs: number };

/**
 * Stays with one source, RFC 3550 section 8.2: another takes its place with two packets in sequence (appendix A.1) once the
 * present one is silent. Its packets are held until then and passed on in their own time, so that a real change of source
 * loses nothing. A source that begins its numbers anew need not be silent; keep-alives prove nothing. Key presses under an SSRC
 * of their own, which some gateways send beside the audio, go another path.
 */
class SourceLock {
  readonly #moment: Moment;
  readonly #tally: Tally;
  readonly #next: Sink;
  readonly #onKeys: Sink;
  readonly #run = new ArrivingRun();
  #lastMs = 0;
  #held: Held[] = [];
  constructor(moment: Moment, tally: Tally, onKeys: Sink, next: Sink) {
    this.#moment = moment;
    this.#tally = tally;
    this.#onKeys = onKeys;
    this.#next = next;
  }

  readonly take: Sink = (packet) => {
    const step = this.#run.take(packet);
    if (step !== elsewhere) this.#goOn(packet, step);
    else if (rtp.payloadType(packet) === inner.unheard) return;
    else if (!this.#run.hasBegun) this.#begin(packet);
    else if (this.#isKeyBeside(packet)) this.#onKeys(packet);
    else this.#hold(packet);
  };

  #isKeyBeside(packet: Uint8Array): boolean {
    return rtp.payloadType(packet) === inner.telephoneEvent && rtp.ssrc(packet) !== this.#run.ssrc;
  }

  /** Only what is newer shows that the source is alive: it may have begun again with old numbers. */
  #goOn(packet: Uint8Array, step: number): void {
    if (step > 0) {
      this.#lastMs = this.#moment.nowMs;
      if (this.#held.length > 0) this.#drop();
    }
    this.#next(packet);
  }

  #begin(packet: Uint8Array): void {
    this.#run.begin(packet);
    this.#lastMs = this.#moment.nowMs;
    this.#next(packet);
  }

  #hold(packet: Uint8Array): void {
    const { nowMs } = this.#moment;
    const isProven = this.#held.some((held) => isNext(held.packet, packet));
    this.#held.push({ packet, atMs: nowMs });
    if (isProven && (rtp.ssrc(packet) === this.#run.ssrc || nowMs - this.#lastMs >= silentMs)) this.#change(packet);
    else if (this.#held.length > mostHeld) {
      this.#held.shift();
      this.#tally.refuse("unproven-source");
    }
  }

  #drop(): void {
    for (const _ of this.#held) this.#tally.refuse("unproven-source");
    this.#held = [];
  }

  /** The packet's source takes over, with what has been held of it. */
  #change(last: Uint8Array): void {
    const row = this.#held.filter(({ packet }) => isBeside(packet, last));
    this.#held = this.#held.filter((held) => !row.includes(held));
    this.#drop();
    for (const [at, { packet, atMs }] of row.entries()) {
      this.#moment.nowMs = atMs;
      if (at === 0) this.#begin(packet);
      else this.take(packet);
    }
  }
}

const isNext = (one: Uint8Array, other: Uint8Array): boolean =>
  rtp.ssrc(one) === rtp.ssrc(other) && rtp.seq(other) === seqAdd(rtp.seq(one), 1);

const isBeside = (one: Uint8Array, other: Uint8Array): boolean =>
  rtp.ssrc(one) === rtp.ssrc(other) && Math.abs(seqDelta(rtp.seq(one), rtp.seq(other))) < maxMisorder;

/**
 * The stage of a leg that lets one source at a time through.
 * @param onKeys takes the key presses of other sources
 */
export const sourceLock =
  (moment: Moment, tally: Tally, onKeys: Sink): Stage =>
  (next) =>
    new SourceLock(moment, tally, new KeysBeside(tally, onKeys).take, next).take;
