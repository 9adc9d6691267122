import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, type RtpPacket } from "werift";
import { eventOf, makeTelephoneEvent } from "../src/testing/index.ts";

/** As Chromium offers it: telephone-event at 48000 Hz comes before the one at 8000 Hz. */
const offeredCodecs = () => [
  new RTCRtpCodecParameters({ mimeType: "audio/PCMU", clockRate: 8000, channels: 1, payloadType: 0 }),
  new RTCRtpCodecParameters({ mimeType: "audio/telephone-event", clockRate: 48000, payloadType: 110 }),
  new RTCRtpCodecParameters({ mimeType: "audio/telephone-event", clockRate: 8000, payloadType: 126 }),
];

/** A browser that is no browser: werift on the other side of a browser leg. */
export class WeriftBrowser {
  readonly pc: RTCPeerConnection;
  readonly heard: { readonly payloadType: number; readonly payload: Uint8Array; readonly seq: number }[] = [];
  readonly #track = new MediaStreamTrack({ kind: "audio" });
  #seq = 65_500;
  #timestamp = 1000;
  #waiting: { readonly count: number; readonly done: () => void } | undefined;
  constructor() {
    this.pc = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv4: false,
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ["127.0.0.1"],
      codecs: { audio: offeredCodecs(), video: [] },
    });
    // A later offer announces the same track again.
    this.pc.onTrack.once((track) => track.onReceiveRtp.subscribe((packet) => this.#hear(packet)));
    this.pc.addTransceiver(this.#track, { direction: "sendrecv" });
  }

  async offer(direction: "sendrecv" | "sendonly" | "inactive" = "sendrecv"): Promise<string> {
    this.pc.getTransceivers()[0]!.setDirection(direction);
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription!.sdp;
  }
  async accept(answer: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: "answer", sdp: answer });
  }
  async answer(offer: string): Promise<string> {
    await this.pc.setRemoteDescription({ type: "offer", sdp: offer });
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    return this.pc.localDescription!.sdp;
  }

  /** Resolves when this side's ICE and DTLS are up. */
  connected(): Promise<void> {
    if (this.pc.connectionState === "connected") return Promise.resolve();
    return new Promise((resolve) => {
      this.pc.connectionStateChange.subscribe((state) => state === "connected" && resolve());
    });
  }

  /** Says one frame of 20 ms. */
  say(payload: Uint8Array, payloadType = 0): void {
    this.#send(payloadType, this.#timestamp, payload);
    this.#timestamp += 160;
  }

  /** Presses a key as Chromium does, on the payload type that was agreed. */
  press(digit: string, durationMs: number, payloadType: number): void {
    const total = durationMs * 8;
    const steps = Array.from({ length: total / 160 - 1 }, (_, index) => (index + 1) * 160);
    for (const ticks of steps)
      this.#send(payloadType, this.#timestamp, makeTelephoneEvent(eventOf(digit), ticks, false));
    for (const ticks of [total, total, total]) {
      this.#send(payloadType, this.#timestamp, makeTelephoneEvent(eventOf(digit), ticks, true));
    }
    this.#timestamp += total;
  }

  /** Resolves when `count` packets came in all. */
  hearing(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { count, done: resolve };
      this.#wake();
    });
  }

  close(): Promise<void> {
    return this.pc.close();
  }

  #send(payloadType: number, timestamp: number, payload: Uint8Array): void {
    const [transceiver] = this.pc.getTransceivers();
    const header = new RtpHeader({ version: 2, payloadType, timestamp, sequenceNumber: this.#seq });
    header.ssrc = transceiver!.sender.ssrc;
    this.#seq = (this.#seq + 1) & 0xffff;
    void this.pc.dtlsTransports[0]!.sendRtp(Buffer.from(payload), header);
  }
  #hear({ header, payload }: RtpPacket): void {
    this.heard.push({ payloadType: header.payloadType, payload: new Uint8Array(payload), seq: header.sequenceNumber });
    this.#wake();
  }
  #wake(): void {
    if (this.#waiting === undefined || this.heard.length < this.#waiting.count) return;
    this.#waiting.done();
    this.#waiting = undefined;
  }
}
