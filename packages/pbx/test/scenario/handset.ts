import { levelOfHzInPcmu } from "@trunkline/media-relay/testing";
import {
  type Address,
  bodyText,
  type CallEnd,
  type DatagramSocket,
  type IncomingCall,
  type IncomingOffer,
  type IncomingRequest,
  type OutgoingCall,
  type OutgoingCallOptions,
  type OutgoingCallUser,
  referToReplacing,
  replacesOf,
  type SipRequest,
  sdpBody,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { type Direction, parseSdp } from "@trunkline/sip-stack/sdp";
import { CutShort } from "./cut-short.ts";
import type { PhoneParts } from "./phone.ts";
import { nameOf, rtpPacket } from "./rtp-packet.ts";

/** What a handset does when it is called: answers after so long, refuses, or lets it ring. */
export type HandsetManner =
  | { readonly answersAfterMs: number }
  | { readonly refusesWith: number; readonly afterMs?: number }
  | "ignores";

const firstRtpPort = 4000;
const packetMs = 20;

/** How a call describes its sound. */
export type Description = {
  readonly port: number;
  readonly direction: Direction;
  readonly pcmu: number;
  readonly telephoneEvent: number;
  /** Codecs that we do not speak, before PCMU. */
  readonly others: readonly string[];
  /** What the connection line says, where it is not where the handset is. */
  readonly address?: string;
};

/** A packet that was heard. */
export type Heard = {
  readonly atMs: number;
  readonly name: string;
  readonly payloadType: number;
  readonly octets: Uint8Array;
};

/** A phone with as many calls as it likes: whatever a user of one can do, and a note of all that he would notice. */
export class Handset {
  readonly address: Address;
  readonly calls: HandsetCall[] = [];
  readonly #parts: PhoneParts;
  #agent: UserAgent;
  readonly #pbx: Address;
  manner: HandsetManner = { answersAfterMs: 500 };

  constructor(address: string, pbx: Address, parts: PhoneParts) {
    this.address = { address, port: 5060 };
    this.#pbx = pbx;
    this.#parts = parts;
    this.#agent = this.#makeAgent();
  }

  #makeAgent(): UserAgent {
    return userAgent({
      ...this.#parts,
      transports: [udpTransport({ bind: this.address, network: this.#parts.network })],
      user: { onCall: (call) => this.#called(call), onRequest: (request) => request.respond(200) },
      supported: ["replaces"],
      allow: ["REFER", "NOTIFY", "INFO"],
    });
  }

  /** Loses its power and comes back: it knows nothing of its calls any more, and nobody was told. */
  async restart(): Promise<void> {
    await this.#agent.close();
    this.#agent = this.#makeAgent();
    await this.#agent.listen();
  }

  open(): Promise<void> {
    return this.#agent.listen();
  }

  /** The call that came or went last. */
  get last(): HandsetCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new CutShort(`${this.address.address} has had no call`);
    return call;
  }

  dial(number: string, changes: Partial<OutgoingCallOptions> = {}): HandsetCall {
    const host = `${this.#pbx.address}:${this.#pbx.port}`;
    const call = this.#add();
    call.sip = this.#agent.call({
      uri: `sip:${number}@${host}`,
      from: `<sip:phone@${this.address.address}>`,
      to: `<sip:${number}@${host}>`,
      destination: { transport: "udp", ...this.#pbx },
      body: sdpBody(call.describe()),
      reach: () => true,
      user: call,
      ...changes,
    });
    return call;
  }

  counters() {
    return this.#agent.counters();
  }

  async close(): Promise<void> {
    for (const call of this.calls) call.close();
    await this.#agent.close();
  }

  #add(): HandsetCall {
    const port = firstRtpPort + 2 * this.calls.length;
    const call = new HandsetCall({ address: this.address.address, port }, this.#parts);
    this.calls.push(call);
    return call;
  }

  #called(incoming: IncomingCall): void {
    const { manner } = this;
    const call = this.#add();
    call.sip = incoming;
    incoming.attach(call, { reach: () => true });
    incoming.ring(180);
    if (manner === "ignores") return;
    if ("refusesWith" in manner)
      return void this.#parts.clock.after(manner.afterMs ?? 0, () => incoming.reject(manner.refusesWith));
    this.#parts.clock.after(manner.answersAfterMs, () => {
      if (incoming.state === "early") call.answer(incoming);
    });
  }
}

/** One call of a handset. */
export class HandsetCall implements OutgoingCallUser {
  /** The payloads of the packets that were sent, each by a name of its own. */
  readonly spoken: string[] = [];
  readonly heard: Heard[] = [];
  readonly ringing: number[] = [];
  readonly ends: CallEnd[] = [];
  /** The statuses that NOTIFYs told of a transfer. */
  readonly told: (number | undefined)[] = [];
  /** The answers to what was asked in the dialog: re-INVITE, INFO, REFER. */
  readonly answers: number[] = [];
  /** The methods of the offers that came. */
  readonly offered: string[] = [];
  sip!: IncomingCall | OutgoingCall;
  isAnswered = false;
  /** It called without an offer and answers the one in the 200. */
  isLate = false;
  /** Whether offers of the other side are refused. */
  isStubborn = false;
  readonly #parts: PhoneParts;
  readonly #address: string;
  #socket: DatagramSocket | undefined;
  #description: Description;
  #version = 0;
  #remote: { readonly address: string; readonly port: number; readonly pcmu: number } | undefined;
  #sent = 0;

  constructor({ address, port }: Address, parts: PhoneParts) {
    this.#address = address;
    this.#parts = parts;
    this.#description = { port, direction: "sendrecv", pcmu: 0, telephoneEvent: 101, others: [] };
    void this.#bind(port);
  }

  get invite(): SipRequest | undefined {
    return "invite" in this.sip ? this.sip.invite : undefined;
  }

  /** Our session description as it is, or changed from now on. */
  describe(changes: Partial<Description> = {}): string {
    this.#description = { ...this.#description, ...changes };
    const { port, direction, pcmu, telephoneEvent, others, address = this.#address } = this.#description;
    this.#version += 1;
    const foreign = others.map((name, at) => ({ type: 110 + at, name }));
    const types = [...foreign.map(({ type }) => type), pcmu, telephoneEvent];
    return [
      "v=0",
      `o=- 7 ${this.#version} IN IP4 ${this.#address}`,
      "s=-",
      `c=IN IP4 ${address}`,
      "t=0 0",
      `m=audio ${port} RTP/AVP ${types.join(" ")}`,
      ...foreign.map(({ type, name }) => `a=rtpmap:${type} ${name}`),
      `a=rtpmap:${pcmu} PCMU/8000`,
      `a=rtpmap:${telephoneEvent} telephone-event/8000`,
      `a=fmtp:${telephoneEvent} 0-15`,
      `a=${direction}`,
      "",
    ].join("\r\n");
  }

  answer(incoming: IncomingCall): void {
    this.#takeRemote(bodyText(incoming.invite));
    this.isAnswered = true;
    incoming.answer(sdpBody(this.describe()));
  }

  hold(direction: Direction = "sendonly"): Promise<void> {
    return this.reoffer({ direction });
  }

  resume(): Promise<void> {
    return this.reoffer({ direction: "sendrecv" });
  }

  /** Offers anew, with whatever has changed. */
  async reoffer(changes: Partial<Description> = {}, method: "INVITE" | "UPDATE" = "INVITE"): Promise<void> {
    if (changes.port !== undefined) await this.#bind(changes.port);
    const body = sdpBody(this.describe(changes));
    const asked = method === "INVITE" ? this.sip.reinvite(body) : this.sip.request("UPDATE", { body });
    const outcome = await asked;
    this.answers.push(outcome.ok ? outcome.response.status : 0);
    if (outcome.ok && outcome.response.status < 300) this.#takeRemote(bodyText(outcome.response));
  }

  /** Asks for an offer and answers it. */
  async reofferLate(): Promise<void> {
    const outcome = await this.sip.reinvite((offer) => {
      this.#takeRemote(offer);
      return sdpBody(this.describe());
    });
    this.answers.push(outcome.ok ? outcome.response.status : 0);
  }

  /** Asks with something that is no offer that can be taken. */
  async reofferNonsense(): Promise<void> {
    const body = sdpBody(
      this.describe()
        .replace("PCMU/8000", "G722/8000")
        .replace(/AVP \d+/, "AVP 9"),
    );
    const outcome = await this.sip.reinvite(body);
    this.answers.push(outcome.ok ? outcome.response.status : 0);
  }

  async press(digit: string, durationMs = 160): Promise<void> {
    const text = `Signal=${digit}\r\nDuration=${durationMs}\r\n`;
    const body = { type: "application/dtmf-relay", bytes: new TextEncoder().encode(text) };
    const outcome = await this.sip.request("INFO", { body });
    this.answers.push(outcome.ok ? outcome.response.status : 0);
  }

  /** Asks the other side to call somebody, or to take over another of our calls. */
  async refer(target: string | HandsetCall): Promise<void> {
    const referTo =
      typeof target === "string" ? target : referToReplacing("sip:other@198.51.100.204", replacesOf(target.sip) ?? "");
    const outcome = await this.sip.refer(referTo, {
      user: { onProgress: (status) => this.told.push(status), onDone: (status) => this.told.push(status) },
    });
    this.answers.push(outcome.ok ? outcome.response.status : 0);
  }

  hangUp(): void {
    this.sip.hangUp();
  }

  /** Sends `count` packets of sound, one every 20 ms, each with a payload of its own; resolves after the last. */
  talk(count: number): Promise<void> {
    return new Promise((resolve) => {
      for (let at = 0; at < count; at++) this.#parts.clock.after(at * packetMs, () => this.#say());
      this.#parts.clock.after(count * packetMs, resolve);
    });
  }

  /** What was heard since a moment, in a letter a packet: `o` the other's own sound, `t` a tone of this frequency, `-` else. */
  pattern(own: readonly string[], hz: number, sinceMs = 0): string {
    const names = new Set(own);
    return this.heard
      .filter(({ atMs }) => atMs >= sinceMs)
      .map(({ name, octets }) => (names.has(name) ? "o" : levelOfHzInPcmu(octets, hz) > -36 ? "t" : "-"))
      .join("");
  }

  /** How many of somebody's packets were heard. */
  heardOf(own: readonly string[]): number {
    const names = new Set(this.heard.map(({ name }) => name));
    return own.filter((name) => names.has(name)).length;
  }

  close(): void {
    this.#socket?.close();
  }

  onRinging({ status }: { readonly status: number }, sdp: string | undefined): void {
    this.ringing.push(status);
    this.#takeRemote(sdp);
  }

  onAnswered(_: unknown, sdp: string | undefined): void {
    this.isAnswered = true;
    this.#takeRemote(sdp);
    if (this.isLate && "ack" in this.sip) this.sip.ack(sdpBody(this.describe()));
  }

  onOffer(offer: IncomingOffer): void {
    this.offered.push(offer.method);
    if (this.isStubborn) return offer.reject(488);
    this.#takeRemote(offer.sdp);
    offer.accept(sdpBody(this.describe()));
  }

  onAnswer(sdp: string): void {
    this.#takeRemote(sdp);
  }

  onRequest(request: IncomingRequest): void {
    request.respond(501);
  }

  onEnded(end: CallEnd): void {
    this.ends.push(end);
  }

  async #bind(port: number): Promise<void> {
    const before = this.#socket;
    const sink = { onDatagram: (bytes: Uint8Array) => this.#hear(bytes), onError: () => {} };
    this.#socket = await this.#parts.network.bind({ address: this.#address, port }, sink);
    before?.close();
  }

  #takeRemote(sdp: string | undefined): void {
    const session = sdp === undefined ? undefined : parseSdp(sdp);
    const audio = session?.ok ? session.value.audio : undefined;
    if (audio === undefined) return;
    const pcmu = audio.codecs.find(({ name }) => name.toUpperCase() === "PCMU")?.payloadType ?? 0;
    this.#remote = { address: audio.address, port: audio.port, pcmu };
  }

  #say(): void {
    if (this.#remote === undefined || this.ends.length > 0) return;
    const payload = this.#parts.random(160);
    this.spoken.push(nameOf(payload));
    this.#socket?.send(rtpPacket(this.#remote.pcmu, this.#sent++, payload), this.#remote);
  }

  #hear(bytes: Uint8Array): void {
    const octets = bytes.slice(12);
    const payloadType = (bytes[1] ?? 0) & 0x7f;
    this.heard.push({ atMs: this.#parts.clock.nowMs(), name: nameOf(octets), payloadType, octets });
  }
}
