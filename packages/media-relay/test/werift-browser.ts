import {
  type CandidatePair,
  MediaStreamTrack,
  type Message,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  type RtpPacket,
} from "werift";
import { writeRequest } from "../src/stun/write.ts";
import { eventOf, makeTelephoneEvent } from "../src/testing/index.ts";

/** As Chromium offers it: telephone-event at 48000 Hz comes before the one at 8000 Hz. */
const offeredCodecs = () => [
  new RTCRtpCodecParameters({ mimeType: "audio/PCMU", clockRate: 8000, channels: 1, payloadType: 0 }),
  new RTCRtpCodecParameters({ mimeType: "audio/telephone-event", clockRate: 48000, payloadType: 110 }),
  new RTCRtpCodecParameters({ mimeType: "audio/telephone-event", clockRate: 8000, payloadType: 126 }),
];

type Transport = {
  onData(data: Buffer, from: readonly [string, number]): void;
  send(data: Buffer, to: readonly [string, number]): Promise<void>;
};
type Ice = {
  readonly generation: number;
  readonly localUsername: string;
  readonly iceControlling: boolean;
  readonly checkList: readonly CandidatePair[];
  buildRequest(options: object): Message;
  readonly remoteUsername: string;
  readonly remotePassword: string;
  readonly nominated?: CandidatePair;
  readonly protocols: { close(): Promise<void> }[];
};

/** Ends the repetition of what werift's DTLS sent last: on a connection that is closed it would go on for half a minute. */
function endFlights(pc: RTCPeerConnection): void {
  const context = pc.dtlsTransports[0]?.dtls?.dtls;
  // A flight that begins later sets it too.
  if (context !== undefined)
    Object.defineProperty(context, "flight", { get: () => Number.POSITIVE_INFINITY, set: () => {} });
}

/** The same description with another certificate. */
export const withAnotherCertificate = (sdp: string): string =>
  sdp.replace(/a=fingerprint:(\S+) (..)/g, (_, algorithm: string, octet: string) => {
    return `a=fingerprint:${algorithm} ${octet === "00" ? "01" : "00"}`;
  });

/** A browser that is no browser: werift on the other side of a browser leg. */
export class WeriftBrowser {
  readonly pc: RTCPeerConnection;
  readonly heard: { readonly payloadType: number; readonly payload: Uint8Array; readonly seq: number }[] = [];
  readonly #track = new MediaStreamTrack({ kind: "audio" });
  #seq = 65_500;
  #timestamp = 1000;
  #generation = 0;
  #waiting: { readonly count: number; readonly done: () => void } | undefined;
  /** @param addresses its own; a socket for each. */
  constructor(addresses: readonly string[] = ["127.0.0.1"]) {
    this.pc = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv4: false,
      iceUseIpv6: false,
      iceAdditionalHostAddresses: [...addresses],
      codecs: { audio: offeredCodecs(), video: [] },
    });
    // A later offer announces the same track again.
    this.pc.onTrack.once((track) => track.onReceiveRtp.subscribe((packet) => this.#hear(packet)));
    this.pc.addTransceiver(this.#track, { direction: "sendrecv" });
  }

  async offer(direction: "sendrecv" | "sendonly" | "inactive" = "sendrecv", iceRestart = false): Promise<string> {
    this.pc.getTransceivers()[0]!.setDirection(direction);
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart }));
    return this.pc.localDescription!.sdp;
  }
  async accept(answer: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: "answer", sdp: answer });
    this.#checkAgain();
  }
  async answer(offer: string): Promise<string> {
    await this.pc.setRemoteDescription({ type: "offer", sdp: offer });
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    this.#checkAgain();
    return this.pc.localDescription!.sdp;
  }

  /** Supports this protection profile alone. */
  support(profile: 1 | 7): void {
    (this.pc.dtlsTransports[0] as unknown as { srtpProfiles: number[] }).srtpProfiles = [profile];
  }

  /** The user fragment and password of the relay, as its description names them. */
  get relayUser(): { readonly fragment: string; readonly password: string } {
    const { remoteUsername, remotePassword } = this.#ice;
    return { fragment: remoteUsername, password: remotePassword };
  }

  /** Where it sends from, to whom it sends, once ICE chose. */
  get path(): CandidatePair {
    return this.#ice.nominated!;
  }

  /** Its sockets close, as when a network goes; with the next ICE restart it comes from another. */
  async leave(): Promise<void> {
    for (const protocol of this.#ice.protocols.splice(0)) await protocol.close();
  }

  /** Nominates another of its pairs, as a browser does that goes over to another of its networks. @returns that socket's port */
  async nominateAnother(): Promise<number> {
    const ice = this.#ice;
    const other = ice.checkList.find((pair) => pair !== ice.nominated)!;
    const { localUsername, remoteUsername, remotePassword } = ice;
    const request = ice.buildRequest({ nominate: true, localUsername, remoteUsername, iceControlling: true });
    await other.protocol.request(request, other.remoteAddr, Buffer.from(remotePassword));
    return (other.protocol as unknown as { getExtraInfo(): [string, number] }).getExtraInfo()[1];
  }

  /** Checks its path again, as a browser does every few seconds. Resolves when that is answered. */
  async check(): Promise<void> {
    const ice = this.#ice;
    const { localUsername, remoteUsername, remotePassword } = ice;
    const request = ice.buildRequest({
      nominate: false,
      localUsername,
      remoteUsername,
      iceControlling: ice.iceControlling,
    });
    await this.path.protocol.request(request, this.path.remoteAddr, Buffer.from(remotePassword));
  }

  /** A check of its own for the relay, to be sent from wherever. */
  checkBytes(): Uint8Array {
    const { localUsername, remoteUsername, remotePassword, iceControlling } = this.#ice;
    const role = iceControlling ? "controlling" : "controlled";
    const transaction = crypto.getRandomValues(new Uint8Array(12));
    const username = `${remoteUsername}:${localUsername}`;
    return writeRequest({ transaction, username, role, tieBreaker: 5n, password: remotePassword });
  }

  /** Sends bytes over the path that is in use, beside its own ICE. Resolves with the STUN response to them. */
  ask(request: Uint8Array): Promise<Buffer> {
    const { protocol, remoteAddr } = this.path;
    const { transport } = protocol as unknown as { transport: Transport };
    const own = transport.onData;
    return new Promise((resolve) => {
      transport.onData = (data, from) => {
        if (!data.subarray(8, 20).equals(request.subarray(8, 20))) return own(data, from);
        transport.onData = own;
        resolve(data);
      };
      void transport.send(Buffer.from(request), remoteAddr);
    });
  }

  /** Sends any bytes over the path that is in use. */
  sendRaw(bytes: Uint8Array): void {
    const { protocol, remoteAddr } = this.path;
    void (protocol as unknown as { readonly transport: Transport }).transport.send(Buffer.from(bytes), remoteAddr);
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

  async close(): Promise<void> {
    endFlights(this.pc);
    await this.pc.close();
  }

  get #ice(): Ice {
    return this.pc.iceTransports[0]!.connection as unknown as Ice;
  }

  /** Begins the checks of a new generation, as a browser does and werift does not once DTLS is up. */
  #checkAgain(): void {
    if (this.#ice.generation === this.#generation) return;
    this.#generation = this.#ice.generation;
    if (this.pc.dtlsTransports[0]!.state === "connected") this.pc.iceTransports[0]!.start().catch(() => {});
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
