import {
  type Announcement,
  type MediaSession,
  type SessionUser,
  type Source,
  type SourceLeg,
  type ToneName,
  tones,
} from "@trunkline/media-relay";
import { bodyText } from "@trunkline/sip-stack";
import type { MediaLeg, MediaPeer, Negotiated } from "../media/leg.ts";
import type { CallServices } from "./services.ts";
import type { CallSetup } from "./setup.ts";

/** "Your time is nearly over": two tones, of which the second ends with the warning. */
const warningTone: Source = { kind: "tone", hz: [1400], cadenceMs: [150, 100], levelDbm0: -16 };
export const warningToneMs = 400;

const noAnswer: Negotiated<string> = { ok: false, why: "the two ends have no audio in common" };

type Caller = Pick<CallSetup, "incoming" | "mediaPeer">;

/** A target that answers: its audio, and the dialog that its answer comes in. */
export type Answerer = {
  readonly media?: MediaLeg | undefined;
  readonly sip: { readonly remoteTag: string | undefined };
};

/** The last answer of a target, and whether audio was agreed in its dialog. */
type Answered = { readonly dialog: string | undefined; readonly sdp: string; readonly isAgreed: boolean };

/** What a leg may hear that no other leg says. */
type Sound = ToneName | "warning" | "nothing";

/**
 * The sound of one call: its session, the caller's leg, and who hears what. What the relay can be asked together is asked
 * together: each question by itself would wake its thread.
 */
export class CallMedia {
  readonly session: MediaSession;
  readonly #services: CallServices;
  readonly #offer: string | undefined;
  /** The targets' last answers: a 200 repeats what its 183 said. */
  readonly #answered = new Map<MediaLeg, Answered>();
  /** The tones that are being heard, by their hearers. */
  readonly #tones = new Map<MediaLeg, SourceLeg>();
  readonly #opening: Promise<MediaLeg>;
  #answer: Promise<Negotiated<string>> | undefined;
  #caller: MediaLeg | undefined;

  private constructor(session: MediaSession, { incoming, mediaPeer }: Caller, services: CallServices) {
    this.session = session;
    this.#offer = bodyText(incoming.invite);
    this.#services = services;
    this.#opening = services.mediaLeg(session, mediaPeer);
    // A caller who leaves at once is not told of it.
    this.#opening.catch(() => {});
  }

  /** Opens the session and begins to open the caller's leg in it. Rejects with a RelayError when there is no room. */
  static async open(caller: Caller, user: SessionUser, services: CallServices): Promise<CallMedia> {
    return new CallMedia(await services.openSession(user), caller, services);
  }

  /** Whether the caller's INVITE has an offer. Without one, ours goes out in the 200. */
  get isOffered(): boolean {
    return this.#offer !== undefined;
  }

  /** The caller's leg, once it is open. */
  get caller(): MediaLeg | undefined {
    return this.#caller;
  }

  /** A leg for each target; afterwards the caller's is open too. Rejects with a RelayError when there is no room. */
  async addLegs(peers: readonly MediaPeer[]): Promise<readonly MediaLeg[]> {
    const opening = peers.map((peer) => this.#services.mediaLeg(this.session, peer));
    const [caller, ...targets] = await Promise.all([this.#opening, ...opening]);
    this.#caller = caller;
    return targets;
  }

  /**
   * Joins the caller to a target by the target's answer and gives the SDP for the caller. That is made once, for early
   * media or for the answer, whichever comes first, and then repeated: a browser cannot apply two different ones.
   */
  async join(target: Answerer, answer: string): Promise<Negotiated<string>> {
    const caller = this.#caller!;
    this.#answer ??= this.#makeAnswer(caller);
    const joined = this.session.join(caller.id, target.media!.id);
    const [isAccepted, made] = await Promise.all([this.accept(target, answer), this.#answer, joined]);
    return isAccepted ? made : noAnswer;
  }

  /** As `join`, at the moment of the answer: what was not heard while it rang does not count. */
  async talk(target: Answerer, answer: string): Promise<Negotiated<string>> {
    const [made] = await Promise.all([this.join(target, answer), this.session.expectMedia()]);
    return made;
  }

  /** Plays a recording to the caller, once, and gives the SDP for her. */
  async announce(announcement: Announcement): Promise<Negotiated<string>> {
    const caller = this.#caller!;
    this.#answer ??= this.#makeAnswer(caller);
    const [made, player] = await Promise.all([
      this.#answer,
      this.session.sourceLeg({ kind: "player", announcement }),
      this.session.expectMedia(),
    ]);
    if (made.ok) await this.session.join(caller.id, player.id);
    return made;
  }

  /**
   * Applies a target's answer; false when there is no audio with it. After a usable answer, others in the same dialog that
   * cannot be used are ignored, RFC 3261 section 13.2.1.
   */
  async accept({ media, sip }: Answerer, sdp: string): Promise<boolean> {
    const before = this.#answered.get(media!);
    const { remoteTag: dialog } = sip;
    const isSame = before?.dialog === dialog;
    if (isSame && before?.sdp === sdp) return before.isAgreed;
    const isUsable = (await media!.accept(sdp)).ok;
    const isAgreed = isUsable || (isSame && before?.isAgreed === true);
    this.#answered.set(media!, { dialog, sdp, isAgreed });
    return isAgreed;
  }

  /** Two legs hear each other from now on, of this session or of another call's. */
  async connect(a: MediaLeg, b: MediaLeg): Promise<void> {
    if (a.session === b.session) await a.session.join(a.id, b.id);
    else await this.#services.splice({ session: a.session, leg: a.id }, { session: b.session, leg: b.id });
    await Promise.all([this.#hush(a), this.#hush(b)]);
  }

  /** A leg hears a tone, or nothing, from now on, and is not heard. */
  async play(leg: MediaLeg, sound: Sound): Promise<void> {
    if (sound === "nothing") {
      await leg.session.part(leg.id);
      return this.#hush(leg);
    }
    const before = this.#tones.get(leg);
    const tone = await leg.session.sourceLeg(sourceOf(sound));
    this.#tones.set(leg, tone);
    await leg.session.join(leg.id, tone.id);
    await before?.close();
  }

  async #hush(leg: MediaLeg): Promise<void> {
    const tone = this.#tones.get(leg);
    this.#tones.delete(leg);
    await tone?.close();
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** Our answer, or our offer where the INVITE had none: then the ACK brings the answer. */
  async #makeAnswer(caller: MediaLeg): Promise<Negotiated<string>> {
    return this.#offer === undefined ? { ok: true, value: await caller.offer() } : caller.answer(this.#offer);
  }
}

const sourceOf = (sound: Exclude<Sound, "nothing">): Source =>
  sound === "warning" ? warningTone : { kind: "tone", ...tones[sound] };
