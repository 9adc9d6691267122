import {
  type Address,
  bodyText,
  type CallEnd,
  type Clock,
  type Credentials,
  type DatagramNetwork,
  type DatagramSocket,
  type IncomingCall,
  type OutgoingCall,
  type OutgoingCallOptions,
  type RandomBytes,
  type Registration,
  type SipRequest,
  sdpBody,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { type Agreed, acceptAnswer, answerOffer, makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";
import { nameOf, rtpPacket, samplesAPacket } from "./rtp-packet.ts";

/** What a phone does when it is called. */
export type Manner =
  | { readonly kind: "answers"; readonly afterMs: number; readonly hangsUpAfterMs?: number }
  | { readonly kind: "refuses"; readonly status: number; readonly afterMs: number }
  | { readonly kind: "ignores" };

/** What every phone of a world is made of. */
export type PhoneParts = { readonly clock: Clock; readonly network: DatagramNetwork; readonly random: RandomBytes };

/** What differs between phones. */
export type PhoneOptions = {
  /** Where it speaks SIP; default: 5060. Its audio is at 4000, or at 4002 where this is another port. */
  readonly port?: number;
  /** The address that it believes to have, behind a NAT: what its Contact and its SDP show. */
  readonly shown?: string;
  readonly credentials?: Credentials;
};

/** A phone that nobody picks up gives up by itself. */
const longestRingMs = 60_000;
const packetMs = 20;

/** A SIP phone on the simulated network: its own user agent, its own RTP socket, and a note of all that it noticed. */
export class Phone {
  readonly address: Address;
  /** The payloads of the packets sent and received so far, each by a name of its own. */
  readonly spoken: string[] = [];
  readonly heard: string[] = [];
  readonly ringing: number[] = [];
  /** The descriptions that came in 18x and 200, each as often as it came. */
  readonly described: string[] = [];
  readonly ends: CallEnd[] = [];
  /** The INVITEs that it got. */
  readonly invites: SipRequest[] = [];
  /** The statuses with which its registrations were refused; 0: no answer. */
  readonly refusals: number[] = [];
  readonly #parts: PhoneParts;
  readonly #agent: UserAgent;
  readonly #pbx: Address;
  #manner: Manner = { kind: "ignores" };
  #rtp!: DatagramSocket;
  #call: IncomingCall | OutgoingCall | undefined;
  #agreed: Agreed | undefined;
  #sent = 0;
  #onHeard: () => void = () => {};
  readonly #taken = Promise.withResolvers<void>();
  answered = false;
  cancelled = false;

  readonly #options: PhoneOptions;
  readonly #shown: string;
  readonly #rtpPort: number;

  constructor(address: string, pbx: Address, parts: PhoneParts, options: PhoneOptions = {}) {
    this.#options = options;
    this.#shown = options.shown ?? address;
    this.address = { address, port: options.port ?? 5060 };
    this.#rtpPort = options.port === undefined ? 4000 : 4002;
    this.#pbx = pbx;
    this.#parts = parts;
    this.#agent = userAgent({
      ...parts,
      advertised: () => ({ address: this.#shown, port: this.address.port }),
      transports: [udpTransport({ bind: this.address, network: parts.network })],
      user: { onCall: (call) => this.#called(call), onRequest: (request) => request.respond(200) },
    });
  }

  async open(): Promise<void> {
    await this.#agent.listen();
    const sink = { onDatagram: (bytes: Uint8Array) => this.#hear(bytes), onError: () => {} };
    this.#rtp = await this.#parts.network.bind({ address: this.address.address, port: this.#rtpPort }, sink);
  }

  behave(manner: Manner): void {
    this.#manner = manner;
  }

  /** Resolves when the call that comes or goes next is answered. */
  get answering(): Promise<void> {
    return this.#taken.promise;
  }

  /** @param changes what a phone may write that wants to get round a rule */
  dial(number: string, changes: Partial<Pick<OutgoingCallOptions, "uri" | "from" | "headers">> = {}): void {
    const offered = makeOffer(offerAnswer("1"), this.#local);
    const host = `${this.#pbx.address}:${this.#pbx.port}`;
    this.#call = this.#agent.call({
      uri: `sip:${number}@${host}`,
      from: `<sip:phone@${this.address.address}>`,
      to: `<sip:${number}@${host}>`,
      destination: { transport: "udp", ...this.#pbx },
      body: sdpBody(offered.sdp),
      ...(this.#options.credentials && { credentials: this.#options.credentials }),
      user: {
        onRinging: ({ status }, sdp) => {
          this.ringing.push(status);
          this.#takeAnswer(offered.state, sdp);
        },
        onAnswered: (_, sdp) => {
          this.#takeAnswer(offered.state, sdp);
          this.#noteAnswer();
        },
        ...this.#inCall,
      },
      ...changes,
    });
  }

  /** Registers by its name and keeps that up. */
  register(name: string): Registration {
    return this.#agent.register({
      aor: `sip:${name}@${this.#pbx.address}`,
      registrar: `sip:${this.#pbx.address}`,
      destination: { transport: "udp", ...this.#pbx },
      contactUser: name,
      expiresS: 300,
      ...(this.#options.credentials && { credentials: this.#options.credentials }),
      user: {
        onRegistered: () => {},
        onFailed: (outcome) => this.refusals.push(outcome.ok ? outcome.response.status : 0),
      },
    });
  }

  /** Asks the other side of its call to call somebody else. */
  async refer(target: string): Promise<void> {
    await this.#call?.request("REFER", { headers: [["Refer-To", target]] });
  }

  hangUp(): void {
    this.#call?.hangUp();
  }

  /** Sends `count` packets of sound, one every 20 ms, each with a payload of its own; resolves after the last. */
  talk(count: number): Promise<void> {
    return new Promise((resolve) => {
      for (let at = 0; at < count; at++) this.#parts.clock.after(at * packetMs, () => this.#sendPacket());
      this.#parts.clock.after(count * packetMs, resolve);
    });
  }

  /** The port that the other side gave for its sound. */
  get farPort(): number | undefined {
    return this.#agreed?.remote.port;
  }

  counters() {
    return this.#agent.counters();
  }

  async close(): Promise<void> {
    this.#rtp.close();
    await this.#agent.close();
  }

  get #local() {
    return { address: this.#shown, rtpPort: this.#rtpPort, rtcpPort: this.#rtpPort + 1 };
  }

  readonly #inCall = {
    onOffer: (offer: { reject(status: number): void }) => offer.reject(488),
    onRequest: () => {},
    onAnswer: () => {},
    onEnded: (end: CallEnd) => {
      this.ends.push(end);
      this.cancelled ||= end.cause === "cancel";
    },
  };

  #called(call: IncomingCall): void {
    this.invites.push(call.invite);
    if (this.answered) return call.reject(486);
    this.#call = call;
    call.attach(this.#inCall);
    const manner = this.#manner;
    call.ring(180);
    this.#parts.clock.after(longestRingMs, () => call.state === "early" && call.reject(480));
    if (manner.kind === "refuses") this.#parts.clock.after(manner.afterMs, () => call.reject(manner.status));
    if (manner.kind === "answers") this.#parts.clock.after(manner.afterMs, () => this.#answer(call, manner));
  }

  #answer(call: IncomingCall, { hangsUpAfterMs }: Extract<Manner, { kind: "answers" }>): void {
    const answer = answerOffer(offerAnswer("2"), bodyText(call.invite) ?? "", this.#local);
    if (!answer.ok || call.state !== "early") return;
    this.#agreed = answer.value.agreed;
    this.#noteAnswer();
    call.answer(sdpBody(answer.value.sdp));
    if (hangsUpAfterMs !== undefined) this.#parts.clock.after(hangsUpAfterMs, () => call.hangUp());
  }

  #noteAnswer(): void {
    this.answered = true;
    this.#taken.resolve();
  }

  #takeAnswer(state: ReturnType<typeof offerAnswer>, sdp: string | undefined): void {
    if (sdp !== undefined) this.described.push(sdp);
    const accepted = sdp === undefined ? undefined : acceptAnswer(state, sdp);
    if (accepted?.ok) this.#agreed = accepted.value.agreed;
  }

  #sendPacket(): void {
    if (this.#agreed === undefined || this.ends.length > 0) return;
    const payload = this.#parts.random(samplesAPacket);
    const packet = rtpPacket(this.#agreed.pcmu.send, this.#sent++, payload);
    this.spoken.push(nameOf(payload));
    this.#rtp.send(packet, this.#agreed.remote);
  }

  /** Resolves when the next packet of sound comes. */
  nextHeard(): Promise<void> {
    return new Promise((resolve) => {
      this.#onHeard = resolve;
    });
  }

  #hear(bytes: Uint8Array): void {
    this.#onHeard();
    this.heard.push(nameOf(bytes.subarray(12)));
  }
}
