import type { Announcement } from "@trunkline/media-relay";
import { sdpBody } from "@trunkline/sip-stack";
import { type Ending, type EndingCode, ending } from "../../kernel/ending.ts";
import type { CallLeg } from "../leg.ts";
import type { CallMedia } from "../media.ts";
import type { CallNotes } from "../notes.ts";
import type { CallSetup } from "../setup.ts";
import type { RingUser } from "./ring.ts";

/** The ends of ringing that a caller is told by a recording, where there is one: there was nobody, or nobody could. */
const toldByRecording = new Set<EndingCode>(["not-registered", "no-answer", "busy", "declined", "peer-lost"]);

/** The provisional responses that say that somebody is alerted; any other counts as 183, RFC 3261 section 8.1.3.2. */
const alerting = new Set([180, 181, 182]);

/** What ringing needs of its call. */
export interface RingbackHost {
  readonly setup: Pick<CallSetup, "incoming" | "announcement">;
  readonly notes: CallNotes;
  readonly media: CallMedia;
  readonly isRinging: boolean;
  /** One step of the call after the other. */
  next(task: () => Promise<unknown>): void;
  /** A target has answered; `sdp` is the caller's. */
  onAnswered(leg: CallLeg, sdp: string): void;
  /** Nobody took the call, and its caller is told so by a recording. */
  onAnnounced(why: Ending, sdp: string): void;
  onRefused(why: Ending): void;
  onWinnerEnded(why: Ending): void;
}

/** What the caller hears of the targets' ringing: 180, the sound of whoever sends some, the answer, or a recording. */
export class Ringback implements RingUser {
  readonly #host: RingbackHost;
  #rung = false;

  constructor(host: RingbackHost) {
    this.#host = host;
  }

  onRing(leg: CallLeg, status: number, sdp: string | undefined): void {
    this.#host.next(() => this.#pass(leg, status, sdp));
  }

  onWon(leg: CallLeg, sdp: string | undefined): void {
    this.#host.next(() => this.#answer(leg, sdp));
  }

  onLost(why: Ending): void {
    const { announcement } = this.#host.setup;
    if (announcement === undefined || !toldByRecording.has(why.code)) this.#host.onRefused(why);
    else this.#host.next(() => this.#announce(announcement, why));
  }

  onWinnerEnded(why: Ending): void {
    this.#host.onWinnerEnded(why);
  }

  /** What the target sends is what the caller gets: 180, 183 with its sound, or silence. */
  async #pass(leg: CallLeg, status: number, sdp: string | undefined): Promise<void> {
    const { media, notes, setup } = this.#host;
    if (!this.#host.isRinging) return;
    const early = sdp === undefined || !media.isOffered ? undefined : await media.join(leg, sdp);
    if (!this.#host.isRinging) return;
    // Early media that cannot be passed on still says that the target rings.
    const isRinging = alerting.has(status) || (sdp !== undefined && early?.ok !== true);
    if (early?.ok || isRinging) notes.rungAtMs ??= notes.now();
    if (early?.ok) setup.incoming.ring(183, { body: sdpBody(early.value) });
    else if (isRinging && !this.#rung) setup.incoming.ring(180);
    this.#rung ||= isRinging;
  }

  async #answer(leg: CallLeg, sdp: string | undefined): Promise<void> {
    const joined = sdp === undefined ? undefined : await this.#host.media.talk(leg, sdp);
    if (!this.#host.isRinging) return;
    if (joined?.ok) this.#host.onAnswered(leg, joined.value);
    else this.#host.onRefused(ending("no-common-audio"));
  }

  /** The call is answered for the recording alone: it still ends as one that nobody took. */
  async #announce(announcement: Announcement, why: Ending): Promise<void> {
    if (!this.#host.isRinging) return;
    const answer = await this.#host.media.announce(announcement);
    if (answer.ok) this.#host.onAnnounced(why, answer.value);
    else this.#host.onRefused(ending("no-common-audio"));
  }
}
