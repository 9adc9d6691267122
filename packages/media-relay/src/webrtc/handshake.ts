import { RTCPeerConnection, RTCRtpCodecParameters, type RTCRtpTransceiver } from "werift";
import type { Clock } from "../kernel/clock.ts";
import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import { SdpRefused } from "../kernel/errors.ts";
import { inner } from "../packet/payload-types.ts";
import type { MediaCipher } from "../srtp/media-cipher.ts";
import { type BrowserAudio, readBrowserSdp } from "./browser-sdp.ts";
import { weriftCipher } from "./media-cipher.ts";
import {
  AdoptedTransport,
  adoptTransports,
  answerAsServer,
  askNoStunServer,
  type NominatedPath,
  nominatedPath,
  passwordOf,
} from "./werift-inside.ts";

/** A browser that has not come after so long will not come. */
const connectWithinMs = 20_000;

/** What a handshake reports. */
export interface HandshakeUser {
  onConnected(cipher: MediaCipher): void;
  onFailed(why: string): void;
}

/** A host that is offered and the socket bound for it. */
export type OfferedHost = { readonly host: string; readonly socket: DatagramSocket };

const codecs = () => [
  new RTCRtpCodecParameters({ mimeType: "audio/PCMU", clockRate: 8000, channels: 1, payloadType: inner.pcmu }),
  new RTCRtpCodecParameters({
    mimeType: "audio/telephone-event",
    clockRate: 8000,
    payloadType: inner.telephoneEvent,
    parameters: "0-15",
  }),
];

/** ICE, DTLS and the browser's SDP for one stream of audio. Media never enters: it has keys and a path from here. */
export class Handshake {
  readonly #pc: RTCPeerConnection;
  readonly #transceiver: RTCRtpTransceiver;
  readonly #transports: readonly AdoptedTransport[];
  readonly #clock: Clock;
  readonly #user: HandshakeUser;
  #path: NominatedPath | undefined;
  #cancelDeadline: (() => void) | undefined;
  #isClosed = false;
  constructor(offered: readonly OfferedHost[], clock: Clock, user: HandshakeUser) {
    this.#clock = clock;
    this.#user = user;
    this.#transports = offered.map(({ socket }) => new AdoptedTransport(socket));
    this.#pc = new RTCPeerConnection({
      iceServers: [],
      codecs: { audio: codecs(), video: [] },
      headerExtensions: { audio: [], video: [] },
      ...adoptTransports(
        offered.map(({ host }) => host),
        this.#transports,
      ),
    });
    this.#transceiver = this.#pc.addTransceiver("audio", { direction: "sendrecv" });
    askNoStunServer(this.#pc);
    this.#pc.connectionStateChange.subscribe((state) => this.#onState(state));
  }

  /** The SSRC that our descriptions name. */
  get ssrc(): number {
    return this.#transceiver.sender.ssrc;
  }

  /** The way to the browser, once ICE chose it. */
  get path(): NominatedPath | undefined {
    this.#path = nominatedPath(this.#pc, this.#path);
    return this.#path;
  }

  /** The password of a user fragment of ours. */
  readonly passwordOf = (userFragment: string): string | undefined => passwordOf(this.#pc, userFragment);

  /** STUN and DTLS that came to the socket of the host with this index. */
  receive(host: number, bytes: Uint8Array, from: Address): void {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#transports[host]?.onData(data, [from.address, from.port]);
  }

  async offer(): Promise<string> {
    return guarded(async () => {
      await this.#pc.setLocalDescription(await this.#pc.createOffer());
      return this.#localSdp();
    });
  }

  /** Takes the browser's answer and says what it agreed. */
  async accept(answer: string): Promise<BrowserAudio> {
    const audio = readOrRefuse(answer);
    await guarded(() => this.#pc.setRemoteDescription({ type: "answer", sdp: audio.trimmed }));
    this.#armDeadline();
    return audio;
  }

  /** Takes the browser's offer; what was agreed is what our answer says. */
  async answer(offer: string): Promise<{ readonly sdp: string; readonly agreed: BrowserAudio }> {
    const audio = readOrRefuse(offer);
    return guarded(async () => {
      await this.#pc.setRemoteDescription({ type: "offer", sdp: audio.trimmed });
      if (audio.setup !== "passive") answerAsServer(this.#pc);
      await this.#pc.setLocalDescription(await this.#pc.createAnswer());
      this.#armDeadline();
      const sdp = this.#localSdp();
      return { sdp, agreed: readOrRefuse(sdp) };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelDeadline?.();
    await this.#pc.close();
  }

  #localSdp(): string {
    return this.#pc.localDescription?.sdp ?? "";
  }

  #onState(state: string): void {
    if (this.#isClosed) return;
    if (state === "connected") {
      this.#cancelDeadline?.();
      this.#user.onConnected(weriftCipher(this.#pc));
    } else if (state === "failed") this.#fail("ICE or DTLS failed");
  }

  #armDeadline(): void {
    if (this.#pc.connectionState === "connected" || this.#cancelDeadline !== undefined) return;
    this.#cancelDeadline = this.#clock.after(connectWithinMs, () => this.#fail("no connection within 20 seconds"));
  }

  #fail(why: string): void {
    this.#cancelDeadline?.();
    this.#user.onFailed(why);
  }
}

function readOrRefuse(sdp: string): BrowserAudio {
  const read = readBrowserSdp(sdp);
  if (!read.ok) throw new SdpRefused(`line ${read.at}: ${read.why}`);
  return read.value;
}

/** What werift throws at a description becomes our own error. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SdpRefused) throw cause;
    throw new SdpRefused(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
