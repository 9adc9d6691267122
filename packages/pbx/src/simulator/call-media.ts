import type { MediaRelay, MediaSession, Source, SourceLeg } from "@trunkline/media-relay";
import type { Direction } from "@trunkline/sip-stack/sdp";
import type { MediaLeg } from "../media/leg.ts";
import { plainMediaLeg } from "../media/plain.ts";
import { sonusSdp } from "./sdp.ts";

export type CallMediaOptions = {
  readonly relay: MediaRelay;
  readonly bind: string;
  readonly sessionId: string;
  /** Told of every key that the other side presses. */
  readonly onDigit?: (digit: string) => void;
};

/** The media of one simulated call: a plain leg towards the PBX and the source that it hears. */
export class CallMedia {
  readonly #session: MediaSession;
  readonly #leg: MediaLeg;
  #source: SourceLeg | undefined;

  /** Takes ports of the relay. Rejects with a RelayError when there is none. */
  static async open({ relay, bind, sessionId, onDigit }: CallMediaOptions): Promise<CallMedia> {
    const session = await relay.open({ onDigit: (_, digit) => onDigit?.(digit) });
    try {
      return new CallMedia(session, await plainMediaLeg(session, { bind, shown: bind, sessionId }));
    } catch (failure) {
      await session.close();
      throw failure;
    }
  }

  private constructor(session: MediaSession, leg: MediaLeg) {
    this.#session = session;
    this.#leg = leg;
  }

  async offer(direction?: Direction): Promise<string> {
    return sonusSdp(await this.#leg.offer(direction));
  }

  /** Answers the PBX's offer and connects; `undefined` when nothing in it can be used. */
  async answer(offer: string): Promise<string | undefined> {
    const answered = await this.#leg.answer(offer);
    return answered.ok ? sonusSdp(answered.value) : undefined;
  }

  /** Takes the PBX's answer and connects; false when it cannot be used. */
  async accept(answer: string): Promise<boolean> {
    return (await this.#leg.accept(answer)).ok;
  }

  /** The PBX hears `source` from now on instead of what it heard before. */
  async play(source: Source): Promise<void> {
    const previous = this.#source;
    const next = await this.#session.sourceLeg(source);
    this.#source = next;
    await this.#session.join(next.id, this.#leg.id);
    await previous?.close();
  }

  /** The PBX hears nothing until the next sound. */
  async hush(): Promise<void> {
    const previous = this.#source;
    this.#source = undefined;
    await previous?.close();
  }

  /** Frees the ports; may be called twice. A relay that is gone has freed them already. */
  async close(): Promise<void> {
    await this.#session.close().catch(() => undefined);
  }
}
