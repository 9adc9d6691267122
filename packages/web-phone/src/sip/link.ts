import type { IncomingEvent, OutgoingEvent, RTCSession, RTCSessionEventMap } from "jssip/lib/RTCSession.js";
import { type CallEnd, failureOf } from "../core/call-end.ts";
import type { CallLink, LinkListener } from "../core/transport.ts";
import type { Clock } from "../kernel/clock.ts";
import { type Microphone, release } from "../sound/microphone.ts";
import type { Speaker } from "../sound/speaker.ts";
import { callEndOf } from "./call-end.ts";
import { watchIce } from "./ice.ts";
import { PathRepair } from "./path-repair.ts";
import { playKey } from "./play-key.ts";

/** What every call of the transport shares. */
export type LinkParts = {
  readonly clock: Clock;
  readonly microphone: Microphone;
  readonly speaker: Speaker;
  readonly iceServers: readonly { readonly urls: string | string[] }[];
};

/** What JsSIP needs to start or answer a session. */
export type SessionOptions = {
  readonly mediaStream: MediaStream;
  readonly pcConfig: RTCConfiguration;
};

/** Starts a JsSIP session with these options and handlers. May throw when JsSIP refuses the target. */
export type SessionStart = (options: SessionOptions, handlers: Partial<RTCSessionEventMap>) => RTCSession;

const busyHere = 486;
const temporarilyUnavailable = 480;

/** One JsSIP session as a {@link CallLink}. Owns the microphone's stream and the speaker while the call lasts. */
export class JsSipLink implements CallLink {
  readonly #parts: LinkParts;
  #listener: LinkListener | undefined;
  readonly #isOnline: () => boolean;
  readonly #repair: PathRepair;
  #session: RTCSession | undefined;
  #stream: MediaStream | undefined;
  #stopWatching: () => void = () => {};
  #stopKey: () => void = () => {};
  #accepted = false;
  #muted = false;
  #over = false;

  /** @param isOnline whether the server can be reached now: JsSIP ends a session whose request cannot be sent */
  constructor(parts: LinkParts, listener?: LinkListener, isOnline: () => boolean = () => true) {
    this.#parts = parts;
    this.#listener = listener;
    this.#isOnline = isOnline;
    this.#repair = new PathRepair(parts.clock, () => this.#restartIce());
  }

  /** Opens the microphone, then calls. */
  async place(start: SessionStart): Promise<void> {
    const stream = await this.#openMicrophone();
    if (stream === undefined) return;
    try {
      this.#session = start(this.#options(stream), this.handlers());
    } catch {
      this.#finish({ kind: "internal" });
    }
  }

  /** Takes over an incoming session; `listener` hears of it from now on. */
  adopt(session: RTCSession, listener: LinkListener): void {
    this.#session = session;
    this.#listener = listener;
    for (const [name, handler] of Object.entries(this.handlers()))
      session.on(name as keyof RTCSessionEventMap, handler);
  }

  answer(): void {
    void this.#answer();
  }

  decline(): void {
    this.#terminate(busyHere);
  }

  close(failure?: string): void {
    this.#terminate(temporarilyUnavailable, failure);
  }

  sendKey(key: string, durationMs: number): void {
    this.#stopKey = playKey({
      clock: this.#parts.clock,
      outlet: () => this.#session?.connection?.getSenders().find((sender) => sender.dtmf)?.dtmf ?? undefined,
      key,
      durationMs,
      played: () => this.#tell((listener) => listener.keySent()),
    });
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  setHeld(held: boolean): void {
    if (held) this.#session?.hold();
    else this.#session?.unhold();
  }

  /** What is heard from JsSIP. */
  handlers(): Partial<RTCSessionEventMap> {
    return {
      peerconnection: ({ peerconnection }) => this.#watch(peerconnection),
      icecandidate: ({ ready }) => ready(),
      progress: (event: IncomingEvent | OutgoingEvent) => {
        if ("response" in event && event.response !== null) this.#ringing(Boolean(event.response.body));
      },
      accepted: () => {
        this.#accepted = true;
        this.#tell((listener) => listener.accepted());
      },
      hold: ({ originator }) => this.#hold(originator, true),
      unhold: ({ originator }) => this.#hold(originator, false),
      ended: (event) => this.#finish(callEndOf(event)),
      failed: (event) => this.#finish(callEndOf(event)),
    };
  }

  /** JsSIP opens the microphone again when a hold is over, muted or not. */
  #hold(originator: string, held: boolean): void {
    if (originator !== "local") return;
    if (!held) this.setMuted(this.#muted);
    this.#tell((listener) => listener.held(held));
  }

  #ringing(earlySound: boolean): void {
    this.#tell((listener) => listener.ringing(earlySound));
  }

  async #answer(): Promise<void> {
    const stream = await this.#openMicrophone();
    if (stream === undefined) return;
    try {
      this.#session?.answer(this.#options(stream));
    } catch {
      this.#finish({ kind: "internal" });
    }
  }

  async #openMicrophone(): Promise<MediaStream | undefined> {
    const opened = await this.#parts.microphone.open();
    if (!opened.ok) this.#finish({ kind: "microphone", problem: opened.problem });
    else if (this.#over) release(opened.stream);
    else {
      this.#stream = opened.stream;
      this.setMuted(this.#muted);
      return opened.stream;
    }
    return undefined;
  }

  #options(mediaStream: MediaStream): SessionOptions {
    return { mediaStream, pcConfig: { iceServers: this.#parts.iceServers.map(({ urls }) => ({ urls })) } };
  }

  #watch(connection: RTCPeerConnection): void {
    this.#stopWatching = watchIce(connection, this.#parts.clock, {
      sound: (path) => {
        if (!this.#over) this.#repair.heard(path);
        this.#tell((listener) => listener.sound(path));
      },
      nothingGathered: () => this.#finish({ kind: "noPath" }),
      heard: (stream) => this.#parts.speaker.play(stream),
    });
  }

  #restartIce(): void {
    const session = this.#session;
    if (session?.isEstablished() === true && this.#isOnline())
      session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  #tell(what: (listener: LinkListener) => void): void {
    if (!this.#over && this.#listener !== undefined) what(this.#listener);
  }

  #finish(end: CallEnd): void {
    const listener = this.#listener;
    if (this.#over) return;
    this.#terminate(temporarilyUnavailable, failureOf(end));
    listener?.ended(end);
  }

  #terminate(status: number, failure?: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWatching();
    this.#repair.close();
    this.#stopKey();
    if (this.#session !== undefined && !this.#session.isEnded()) this.#endSession(this.#session, status, failure);
    if (this.#stream !== undefined) {
      release(this.#stream);
      this.#parts.speaker.stop();
    }
  }

  /** A status belongs to a call that was not answered, or to a failure: with BYE or CANCEL it becomes a Reason (RFC 3326). */
  #endSession(session: RTCSession, status: number, failure: string | undefined): void {
    const refusing = session.direction === "incoming" && !this.#accepted;
    const why = failure === undefined ? {} : { reason_phrase: failure };
    session.terminate(refusing || failure !== undefined ? { status_code: status, ...why } : {});
  }
}
