import type { Clock } from "../kernel/clock.ts";
import { rtp, ticksPerMs } from "../packet/rtp.ts";
import { makeTelephoneEvent } from "../packet/telephone-event.ts";
import { endCopies } from "../stage/key-release.ts";
import type { Remap } from "../stage/remap.ts";
import type { Sink, Stage } from "../stage/stage.ts";
import { FramePace } from "./frame-pace.ts";
import { frameSamples } from "./frames.ts";

/** So many presses may wait; a person who types ahead is not faster. */
const mostWaiting = 32;
/** The listener must notice where one press ends and the next begins. */
const pauseFrames = 3;
const shortestMs = 40;
const longestMs = 6000;

type Press = { readonly event: number; readonly frames: number };

/**
 * Presses keys towards a peer, one after the other, in the place of whatever else its stream carries (RFC 4733 section
 * 2.5.1): for keys that came by another way than the stream.
 */
export class KeyPad {
  readonly #remap: Remap;
  readonly #clock: Clock;
  readonly #pace: FramePace;
  readonly #send: Sink;
  readonly #waiting: Press[] = [];
  #type: number | undefined;
  #isPressing = false;

  /** @param send takes a packet that is ready for the wire */
  constructor(clock: Clock, remap: Remap, send: Sink) {
    this.#clock = clock;
    this.#pace = new FramePace(clock);
    this.#remap = remap;
    this.#send = send;
  }

  /** While a key is down the stream's own packets are left out. @param eventType what the peer takes presses as */
  readonly stage = (eventType: number | undefined): Stage => {
    if (eventType === undefined) this.stop();
    this.#type = eventType;
    return (next) => (packet) => (this.#isPressing ? this.#remap.omit(packet) : next(packet));
  };

  /** Presses a key as soon as those before it are done; false when the peer takes none, or too many wait. */
  press(event: number, durationMs: number): boolean {
    if (this.#type === undefined || this.#waiting.length >= mostWaiting) return false;
    const ms = Math.min(longestMs, Math.max(shortestMs, durationMs));
    this.#waiting.push({ event, frames: Math.ceil((ms * ticksPerMs) / frameSamples) });
    if (this.#waiting.length === 1) this.#begin();
    return true;
  }

  /** The peer hears nothing more of it. */
  stop(): void {
    this.#pace.stop();
    this.#waiting.length = 0;
    this.#isPressing = false;
    this.#type = undefined;
  }

  #begin(): void {
    const [press] = this.#waiting;
    if (press === undefined) return;
    const timestamp = this.#remap.timestampAt(this.#clock.nowMs());
    let frame = 0;
    this.#isPressing = true;
    this.#pace.start(() => {
      frame += 1;
      if (frame <= press.frames) this.#say(press, timestamp, frame);
      this.#isPressing = frame < press.frames;
      if (frame < press.frames + pauseFrames) return true;
      this.#waiting.shift();
      this.#begin();
      return false;
    });
  }

  #say({ event, frames }: Press, timestamp: number, frame: number): void {
    const isEnd = frame === frames;
    const payload = makeTelephoneEvent(event, frame * frameSamples, isEnd);
    for (let copy = 0; copy < (isEnd ? endCopies : 1); copy += 1) {
      const packet = this.#remap.make(this.#type!, timestamp, payload);
      if (frame === 1 && copy === 0) rtp.setMarker(packet);
      this.#send(packet);
    }
  }
}
