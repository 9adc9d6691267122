import type { Announcement, MediaSession, SessionUser } from "@trunkline/media-relay";
import { bodyText, type IncomingCall, type TransportKind } from "@trunkline/sip-stack";
import type { MediaLeg, Negotiated } from "../media/leg.ts";
import type { CallServices } from "./services.ts";

const noAnswer: Negotiated<string> = { ok: false, why: "the two ends have no audio in common" };

/** The sound of one call: the session, the caller's leg, and which target it is joined to. */
export class CallMedia {
  readonly #session: MediaSession;
  readonly #services: CallServices;
  readonly #offer: string | undefined;
  /** The targets' answers that have been taken: a 200 repeats what its 183 said. */
  readonly #accepted = new Map<MediaLeg, string>();
  #answer: Promise<Negotiated<string>> | undefined;
  readonly caller: MediaLeg;

  private constructor(session: MediaSession, caller: MediaLeg, offer: string | undefined, services: CallServices) {
    this.#session = session;
    this.caller = caller;
    this.#offer = offer;
    this.#services = services;
  }

  /** Opens the session and the caller's leg in it. Rejects with a RelayError when there is no room. */
  static async open(incoming: IncomingCall, user: SessionUser, services: CallServices): Promise<CallMedia> {
    const session = await services.openSession(user);
    try {
      const caller = await services.mediaLeg(session, incoming.flow.transport);
      return new CallMedia(session, caller, bodyText(incoming.invite), services);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** A leg for one more target. */
  addLeg(transport: TransportKind): Promise<MediaLeg> {
    return this.#services.mediaLeg(this.#session, transport);
  }

  /**
   * Joins the caller to a target by the target's answer and gives the SDP for the caller. That is made once, for early
   * media or for the answer, whichever comes first, and then repeated: a browser cannot apply two different ones.
   */
  async join(target: MediaLeg, answer: string): Promise<Negotiated<string>> {
    if (!(await this.#accept(target, answer))) return noAnswer;
    this.#answer ??= this.#makeAnswer();
    const made = await this.#answer;
    if (made.ok) await this.#session.join(this.caller.id, target.id);
    return made;
  }

  /** Plays a recording to the caller, once, and gives the SDP for her. */
  async announce(announcement: Announcement): Promise<Negotiated<string>> {
    this.#answer ??= this.#makeAnswer();
    const made = await this.#answer;
    if (!made.ok) return made;
    const player = await this.#session.sourceLeg({ kind: "player", announcement });
    await this.#session.join(this.caller.id, player.id);
    return made;
  }

  /** The call is answered: what was not heard while it rang does not count. */
  expectMedia(): Promise<void> {
    return this.#session.expectMedia();
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #accept(target: MediaLeg, answer: string): Promise<boolean> {
    if (this.#accepted.get(target) === answer) return true;
    this.#accepted.set(target, answer);
    return (await target.accept(answer)).ok;
  }

  /** Our answer, or our offer where the INVITE had none: then the ACK brings the answer. */
  async #makeAnswer(): Promise<Negotiated<string>> {
    return this.#offer === undefined ? { ok: true, value: await this.caller.offer() } : this.caller.answer(this.#offer);
  }
}
