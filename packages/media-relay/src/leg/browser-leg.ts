import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import type { PortPool } from "../socket/port-pool.ts";
import type { MediaCipher } from "../srtp/media-cipher.ts";
import { refuse, type Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";
import type { BrowserAudio } from "../webrtc/browser-sdp.ts";
import { Handshake, type HandshakeUser, type OfferedHost } from "../webrtc/handshake.ts";
import { BrowserIngress, type BrowserIngressUser } from "./browser-ingress.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics, Silence } from "./leg.ts";
import { type Agreement, RtpEnd } from "./rtp-end.ts";

/** What is offered to browsers, and what is bound where it differs. */
export type BrowserHosts = { readonly hosts: readonly string[]; readonly bind?: string };

/** WebRTC with a browser: ICE, DTLS and SRTP on one port a host, RTP and RTCP together (RFC 5761). */
export class BrowserLegCore implements JoinableLeg {
  readonly id: LegId;
  readonly send: Sink;
  readonly #context: LegContext;
  readonly #handshake: Handshake;
  readonly #sockets: readonly DatagramSocket[];
  readonly #end: RtpEnd;
  #onRtp: Sink;
  #onRtcp: Sink;
  #cipher: MediaCipher | undefined;
  #agreement: Agreement | undefined;
  private constructor(context: LegContext, offered: readonly OfferedHost[]) {
    this.id = context.id;
    this.#context = context;
    this.#onRtp = refuse(context.tally, "not-connected");
    this.#onRtcp = this.#onRtp;
    this.#sockets = offered.map(({ socket }) => socket);
    this.#handshake = new Handshake(offered, context.clock, this.#handshakeUser());
    this.#end = new RtpEnd(context, {
      rtp: (packet) => this.#cipher && this.#toBrowser(this.#cipher.protectRtp(packet)),
      rtcp: (bytes) => this.#cipher && this.#toBrowser(this.#cipher.protectRtcp(bytes)),
      ssrc: this.#handshake.ssrc,
    });
    this.send = this.#end.send;
  }

  /** Binds a port for each host. Rejects with MEDIA_NO_PORT. */
  static async open(context: LegContext, pool: PortPool, { hosts, bind }: BrowserHosts): Promise<BrowserLegCore> {
    let ingress: BrowserIngress | undefined;
    const offered: OfferedHost[] = [];
    try {
      for (const [index, host] of hosts.entries()) {
        const onDatagram = (bytes: Uint8Array, from: Address): void => ingress?.take(index, bytes, from);
        offered.push({ host, socket: await pool.takeOne(bind ?? host, { onDatagram, onError: () => {} }) });
      }
    } catch (cause) {
      for (const { socket } of offered) socket.close();
      throw cause;
    }
    const leg = new BrowserLegCore(context, offered);
    ingress = new BrowserIngress(context.tally, leg.#ingressUser());
    return leg;
  }

  offer(): Promise<string> {
    return this.#handshake.offer();
  }

  async accept(answer: string): Promise<void> {
    // What the browser says it receives is what we send; its direction is the mirror of ours.
    const audio = await this.#handshake.accept(answer);
    this.#agree({ ...audio, direction: mirrored[audio.direction] });
  }

  async answer(offer: string): Promise<string> {
    const { sdp, agreed } = await this.#handshake.answer(offer);
    this.#agree(agreed);
    return sdp;
  }

  joinTo(target: Sink | undefined): void {
    this.#end.joinTo(target);
  }
  sweep(nowMs: number): Silence | undefined {
    return this.#end.sweep(nowMs);
  }
  statistics(): LegStatistics {
    return this.#end.statistics("browser");
  }
  async close(): Promise<void> {
    this.#end.close();
    this.#cipher = undefined;
    for (const socket of this.#sockets) socket.close();
    await this.#handshake.close();
  }

  #handshakeUser(): HandshakeUser {
    return {
      onConnected: (cipher) => {
        this.#unlock(cipher);
        this.#context.reports.onConnected();
      },
      onFailed: (why) => {
        // Without consent nothing more is sent, RFC 7675 section 5.1.
        this.#cipher = undefined;
        this.#end.interrupt();
        this.#context.reports.onFailed(why);
      },
    };
  }

  #unlock(cipher: MediaCipher): void {
    const { tally } = this.#context;
    this.#onRtp = unprotect(cipher.unprotectRtp, tally)(this.#end.receive);
    this.#onRtcp = unprotect(cipher.unprotectRtcp, tally)((bytes) => this.#end.receiveRtcp(bytes));
    this.#cipher = cipher;
    this.#bind();
  }

  #agree({ payloadTypes, direction }: Pick<BrowserAudio, "payloadTypes" | "direction">): void {
    this.#agreement = { send: payloadTypes, receive: payloadTypes, direction };
    this.#bind();
  }

  /** Media flows when both are there: what the SDP agreed and the keys. */
  #bind(): void {
    if (this.#cipher !== undefined && this.#agreement !== undefined) this.#end.agree(this.#agreement);
  }

  #toBrowser(bytes: Uint8Array): void {
    const path = this.#handshake.path;
    path?.socket.send(bytes, path.to);
  }

  #ingressUser(): BrowserIngressUser {
    return {
      passwordOf: (userFragment) => this.#handshake.passwordOf(userFragment),
      onHandshake: (host, bytes, from) => this.#handshake.receive(host, bytes, from),
      onRtp: (bytes) => this.#onRtp(bytes),
      onRtcp: (bytes) => this.#onRtcp(bytes),
    };
  }
}

const mirrored = { sendrecv: "sendrecv", sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" } as const;
