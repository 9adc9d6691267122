import type { Moment } from "../kernel/moment.ts";
import { rtp } from "../packet/rtp.ts";
import { ticksDelta } from "../packet/sequence.ts";
import { makeTelephoneEvent, telephoneEvent } from "../packet/telephone-event.ts";
import { UpdatePace } from "./press.ts";
import type { Remap } from "./remap.ts";
import type { Sink, Stage } from "./stage.ts";

/** The end of an event is sent three times, RFC 4733 section 2.5.1.4. */
export const endCopies = 3;

/**
 * Lets go of a key that its source can no longer let go of: when the source changes, is parted or put on hold in the middle
 * of a press, the listener gets the end of the event. No tone is left hanging. Sees the stream as it leaves, behind `Remap`.
 */
export class KeyRelease {
  readonly #moment: Moment;
  readonly #remap: Remap;
  #next: Sink = () => {};
  #type = 0;
  #isOpen = false;
  #hasEvent = false;
  #timestamp = 0;
  #event = 0;
  #levelDbm0 = 0;
  #durationTicks = 0;
  readonly #pace = new UpdatePace();
  constructor(moment: Moment, remap: Remap) {
    this.#moment = moment;
    this.#remap = remap;
  }

  /** Watches the events of a stream and passes every packet on. */
  readonly stage =
    (eventType: number | undefined): Stage =>
    (next) => {
      this.#next = next;
      this.#type = eventType ?? 0;
      return (packet) => {
        if (rtp.payloadType(packet) === eventType) this.#watch(packet);
        next(packet);
      };
    };

  /** Nothing more comes from the source that speaks now. */
  finish(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const payload = makeTelephoneEvent(this.#event, this.#durationTicks, true, this.#levelDbm0);
    for (let copy = 0; copy < endCopies; copy += 1) {
      this.#next(this.#remap.make(this.#type, this.#timestamp, payload));
    }
  }

  /** Finishes a press of which nothing came for so long that its end must be lost. To be called now and then. */
  sweep(nowMs: number): void {
    if (this.#pace.isOverdue(nowMs)) this.finish();
    if (this.#pace.isForgotten(nowMs)) this.#hasEvent = false;
  }

  /** The listener is gone, and with it what it was hearing. */
  forget(): void {
    this.#isOpen = false;
  }

  #watch(packet: Uint8Array): void {
    const timestamp = rtp.timestamp(packet);
    const step = this.#hasEvent ? ticksDelta(this.#timestamp, timestamp) : 1;
    if (step < 0) return;
    if (step > 0) this.#open(packet, timestamp);
    else this.#pace.goOn(this.#moment.nowMs);
    if (telephoneEvent.isEnd(packet)) this.#isOpen = false;
    this.#durationTicks = Math.max(this.#durationTicks, telephoneEvent.durationTicks(packet));
  }
  #open(packet: Uint8Array, timestamp: number): void {
    this.#hasEvent = true;
    this.#isOpen = true;
    this.#timestamp = timestamp;
    this.#event = telephoneEvent.event(packet);
    this.#levelDbm0 = telephoneEvent.levelDbm0(packet);
    this.#durationTicks = 0;
    this.#pace.begin(this.#moment.nowMs);
  }
}
