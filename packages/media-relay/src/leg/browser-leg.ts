import { random32 } from "../kernel/random.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import { type MediaCipher, srtpCipher } from "../srtp/media-cipher.ts";
import { refuse, type Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";
import type { Agreed, OfferOptions } from "../webrtc/handshake.ts";
import { BrowserConnection } from "./browser-connection.ts";
import type { ConnectionPlace, ConnectionUser } from "./connection-place.ts";
import type { JoinableLeg, JoinEnd, LegContext, LegId, LegStatistics } from "./leg.ts";
import { type Agreement, RtpEnd } from "./rtp-end.ts";
import type { SilenceNotice } from "./silence.ts";

/** What a browser leg needs of its relay. */
export type BrowserPlace = Pick<ConnectionPlace, "pool" | "hosts" | "handshakes">;

/** WebRTC with a browser: ICE, DTLS and SRTP on one port a host, RTP and RTCP together (RFC 5761). */
export class BrowserLegCore implements JoinableLeg {
  readonly id: LegId;
  readonly send: Sink;
  readonly #context: LegContext;
  readonly #end: RtpEnd;
  readonly #ssrc: number;
  #connection: BrowserConnection | undefined;
  #onRtp: Sink;
  #onRtcp: Sink;
  #cipher: MediaCipher | undefined;
  #isLive = false;
  #agreement: Agreement | undefined;
  private constructor(context: LegContext) {
    this.id = context.id;
    this.#context = context;
    this.#ssrc = random32(context.random);
    this.#onRtp = refuse(context.tally, "not-connected");
    this.#onRtcp = this.#onRtp;
    this.#end = new RtpEnd(context, {
      rtp: (packet) => this.#cipher && this.#connection?.send(this.#cipher.protectRtp(packet)),
      rtcp: (bytes) => this.#cipher && this.#connection?.send(this.#cipher.protectRtcp(bytes)),
      ssrc: this.#ssrc,
    });
    this.send = this.#end.send;
  }

  /** Binds a port for each host. Rejects with MEDIA_NO_PORT or MEDIA_WORKER_GONE. */
  static async open(context: LegContext, place: BrowserPlace): Promise<BrowserLegCore> {
    const leg = new BrowserLegCore(context);
    const { clock, random, tally } = context;
    leg.#connection = await BrowserConnection.open({ ...place, clock, random, tally }, leg.#connectionUser());
    return leg;
  }

  offer(options?: OfferOptions): Promise<string> {
    return this.#connection!.offer(options);
  }

  async accept(answer: string): Promise<void> {
    this.#agree(await this.#connection!.accept(answer));
  }

  async answer(offer: string): Promise<string> {
    const { sdp, agreed } = await this.#connection!.answer(offer);
    this.#agree(agreed);
    return sdp;
  }

  get roundTripMs(): number | undefined {
    return this.#end.roundTripMs;
  }
  joinTo(target: Sink | undefined, end?: JoinEnd): void {
    this.#end.joinTo(target, end);
  }
  sweep(nowMs: number): SilenceNotice | undefined {
    return this.#end.sweep(nowMs);
  }
  expectMedia(): void {
    this.#end.expectMedia();
  }
  press(event: number, durationMs: number): boolean {
    return this.#end.press(event, durationMs);
  }
  statistics(): LegStatistics {
    return this.#end.statistics("browser");
  }
  async close(): Promise<void> {
    this.#end.close();
    await this.#connection?.close();
  }

  #connectionUser(): ConnectionUser {
    return {
      ssrc: this.#ssrc,
      onKeys: (keys) => this.#unlock(keys),
      onLive: () => {
        this.#isLive = true;
        this.#bind();
        this.#context.reports.onConnected();
      },
      onInterrupted: () => this.#context.reports.onInterrupted(),
      onLost: (why) => {
        // Without consent nothing more is sent, RFC 7675 section 5.1.
        this.#isLive = false;
        this.#end.interrupt();
        this.#context.reports.onFailed(why);
      },
      onRtp: (bytes) => this.#onRtp(bytes),
      onRtcp: (bytes) => this.#onRtcp(bytes),
    };
  }

  #unlock(keys: SrtpKeys): void {
    const { tally } = this.#context;
    const cipher = srtpCipher(keys, () => tally.refuse("too-many-sources"));
    this.#onRtp = unprotect((packet) => cipher.unprotectRtp(packet), tally)(this.#end.receive);
    this.#onRtcp = unprotect((bytes) => cipher.unprotectRtcp(bytes), tally)((bytes) => this.#end.receiveRtcp(bytes));
    this.#cipher = cipher;
  }

  #agree({ payloadTypes, direction, hasReports = true }: Agreed): void {
    this.#agreement = { send: payloadTypes, receive: payloadTypes, direction, hasReports };
    this.#bind();
  }

  /** Media flows when both are there: what the SDP agreed, and keys with a way to the browser. */
  #bind(): void {
    if (this.#isLive && this.#agreement !== undefined) this.#end.agree(this.#agreement);
  }
}
