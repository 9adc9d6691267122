import { RTCPeerConnection, RTCRtpCodecParameters } from "werift";
import { type Fingerprint, isAmong } from "../dtls/certificate.ts";
import { type Clock, systemClock } from "../kernel/clock.ts";
import type { Address } from "../kernel/datagrams.ts";
import { SdpRefused } from "../kernel/errors.ts";
import { inner } from "../packet/payload-types.ts";
import { BrowserDtls } from "./browser-dtls.ts";
import { type BrowserAudio, readBrowserSdp } from "./browser-sdp.ts";
import type { Agreed, BrowserHandshake, Description, HandshakeSpec, HandshakeUser, OfferOptions } from "./handshake.ts";
import { arrange, type MediaLayout, onlyAudio } from "./media-layout.ts";
import {
  AdoptedTransport,
  adoptTransports,
  answerAsServer,
  askNoStunServer,
  boundPairs,
  checkAgain,
  followNominations,
  iceGeneration,
  leaveConsent,
  nameSsrc,
  ownUser,
  replaceDtls,
  watchPath,
} from "./werift-inside.ts";

const codecs = () => [
  new RTCRtpCodecParameters({ mimeType: "audio/PCMU", clockRate: 8000, channels: 1, payloadType: inner.pcmu }),
  new RTCRtpCodecParameters({
    mimeType: "audio/telephone-event",
    clockRate: 8000,
    payloadType: inner.telephoneEvent,
    parameters: "0-15",
  }),
];

/** A handshake by werift: one connection, one stream of audio. */
export class Peer implements BrowserHandshake {
  readonly #pc: RTCPeerConnection;
  readonly #transports: readonly AdoptedTransport[];
  readonly #user: HandshakeUser;
  readonly #onClosed: () => void;
  #generation = 0;
  #fingerprints: readonly Fingerprint[] | undefined;
  /** Those of the description that is being taken. */
  #latest: readonly Fingerprint[] = [];
  readonly #dtls: BrowserDtls;
  readonly #ssrc: number;
  #layout: MediaLayout = onlyAudio;
  #version = 0;
  #isOpen = true;
  #hasFailed = false;
  /** The description that is being made or taken, after those before it. */
  #describing: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  constructor({ hosts, ssrc }: HandshakeSpec, user: HandshakeUser, onClosed: () => void, clock: Clock = systemClock) {
    this.#user = user;
    this.#ssrc = ssrc;
    this.#onClosed = onClosed;
    this.#transports = hosts.map(
      ({ local }, index) => new AdoptedTransport(local, (bytes, to) => this.#send(index, bytes, to)),
    );
    this.#pc = connectionOver(
      hosts.map(({ host }) => host),
      this.#transports,
    );
    this.#dtls = new BrowserDtls(clock, () => this.#fingerprints ?? this.#latest, {
      onKeys: (keys) => this.#isOpen && user.onKeys(keys),
      onFailed: (why) => this.#fail(why),
      onRefused: (reason) => this.#isOpen && user.onRefused(reason),
    });
    nameSsrc(this.#pc.addTransceiver("audio", { direction: "sendrecv" }), ssrc);
    this.#prepare();
  }

  receive(host: number, bytes: Uint8Array, from: Address): void {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#transports[host]?.onData(data, [from.address, from.port]);
  }

  offer({ iceRestart = false }: OfferOptions = {}): Promise<Description> {
    return this.#inTurn(async () => {
      await this.#pc.setLocalDescription(await this.#pc.createOffer({ iceRestart }));
      return this.#description();
    });
  }

  accept(answer: string): Promise<Agreed> {
    return this.#inTurn(async () => {
      const audio = this.#read(answer);
      // A session timer repeats an offer that was answered long ago, and the browser its answer (RFC 4028 section 7.4).
      const isRepeated = this.#pc.signalingState === "stable" && this.#fingerprints !== undefined;
      if (!isRepeated) await this.#pc.setRemoteDescription({ type: "answer", sdp: audio.trimmed });
      this.#described(audio);
      this.#layout = { ...this.#layout, hasRtcpMux: this.#layout.hasRtcpMux && audio.layout.hasRtcpMux };
      // What the browser says it receives is what we send: our direction is the mirror of its own.
      return this.#agreed({ payloadTypes: audio.payloadTypes, direction: mirrored[audio.direction] });
    });
  }

  answer(offer: string): Promise<Description & { readonly agreed: Agreed }> {
    return this.#inTurn(async () => {
      const audio = this.#read(offer);
      await this.#pc.setRemoteDescription({ type: "offer", sdp: audio.trimmed });
      if (audio.setup !== "passive") answerAsServer(this.#pc);
      await this.#pc.setLocalDescription(await this.#pc.createAnswer());
      this.#described(audio);
      this.#layout = audio.layout;
      const description = this.#description();
      const { payloadTypes, direction } = readOrRefuse(description.sdp);
      return { ...description, agreed: this.#agreed({ payloadTypes, direction }) };
    });
  }

  close(): Promise<void> {
    this.#isOpen = false;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // werift closed in the middle of a description goes on to look for a path, for ever.
    await this.#describing;
    this.#dtls.close();
    await this.#pc.close().finally(this.#onClosed);
  }

  /** One description after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#describing.then(work).catch((cause: unknown) => {
      throw asRefusal(cause);
    });
    this.#describing = done.catch(() => {});
    return done;
  }

  #prepare(): void {
    const pc = this.#pc;
    askNoStunServer(pc);
    leaveConsent(pc);
    followNominations(pc);
    boundPairs(pc);
    watchPath(pc, this.#transports, (path) => this.#isOpen && this.#user.onPath(path));
    replaceDtls(pc, (side, identity, path) => this.#dtls.run(side, identity, path));
    pc.connectionStateChange.subscribe((state) => {
      if (state === "failed") this.#fail("ICE found no path to the browser");
    });
  }

  #fail(why: string): void {
    if (!this.#isOpen || this.#hasFailed) return;
    this.#hasFailed = true;
    this.#user.onFailed(why);
  }

  #send(host: number, bytes: Uint8Array, to: Address): void {
    // What is sent may lie in a pool that werift writes to again.
    if (this.#isOpen) this.#user.send(host, new Uint8Array(bytes), to);
  }

  #description(): Description {
    this.#version += 1;
    const origin = { session: this.#ssrc, version: this.#version };
    const sdp = arrange(this.#pc.localDescription?.sdp ?? "", this.#layout, origin);
    return { sdp, user: ownUser(this.#pc) };
  }

  #agreed(about: Pick<Agreed, "payloadTypes" | "direction">): Agreed {
    return this.#layout.hasRtcpMux ? about : { ...about, hasReports: false };
  }

  /** Reads a description; with another certificate it would be another connection (RFC 8842 section 5.1). */
  #read(sdp: string): BrowserAudio {
    const audio = readOrRefuse(sdp);
    const known = this.#fingerprints;
    if (known !== undefined && !audio.fingerprints.every((one) => isAmong(known, one))) {
      throw new SdpRefused("another certificate (a=fingerprint) than before: it needs a leg of its own");
    }
    this.#latest = audio.fingerprints;
    return audio;
  }

  /** Both descriptions are in place. */
  #described({ fingerprints }: BrowserAudio): void {
    this.#fingerprints ??= fingerprints;
    const generation = iceGeneration(this.#pc);
    if (generation === this.#generation) return;
    this.#generation = generation;
    checkAgain(this.#pc);
  }
}

const mirrored = { sendrecv: "sendrecv", sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" } as const;

const connectionOver = (hosts: readonly string[], transports: readonly AdoptedTransport[]): RTCPeerConnection =>
  new RTCPeerConnection({
    iceServers: [],
    codecs: { audio: codecs(), video: [] },
    headerExtensions: { audio: [], video: [] },
    ...adoptTransports(hosts, transports),
  });

function readOrRefuse(sdp: string): BrowserAudio {
  const read = readBrowserSdp(sdp);
  if (!read.ok) throw new SdpRefused(`line ${read.at}: ${read.why}`);
  return read.value;
}

/** What werift throws at a description becomes our own error. */
function asRefusal(cause: unknown): SdpRefused {
  if (cause instanceof SdpRefused) return cause;
  return new SdpRefused(cause instanceof Error ? cause.message : String(cause), { cause });
}
