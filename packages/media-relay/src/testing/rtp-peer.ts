import type { Address, DatagramNetwork, DatagramSocket } from "../kernel/datagrams.ts";
import type { PlainRemote } from "../leg/plain-leg.ts";
import { inner } from "../packet/payload-types.ts";
import { makeRtp, rtp, rtpPayload } from "../packet/rtp.ts";
import { seqAdd, ticksAdd } from "../packet/sequence.ts";
import { eventOf, makeTelephoneEvent } from "../packet/telephone-event.ts";

/** What was received, in order; packets and reports as they came. */
type Received = { readonly packets: Uint8Array[]; readonly reports: Uint8Array[] };

/** A plain RTP peer for tests: says frames and digits, keeps what it hears. */
export class RtpPeer {
  readonly received: Received = { packets: [], reports: [] };
  /** Changed by a test that wants another source. */
  ssrc = 0x1111_1111;
  seq = 65_000;
  timestamp = 4_294_900_000;
  payloadTypes: { pcmu: number; telephoneEvent: number } = { ...inner };
  readonly #rtp: DatagramSocket;
  readonly #rtcp: DatagramSocket;
  #to: { readonly rtp: Address; readonly rtcp: Address } | undefined;
  #waiting: { readonly count: number; readonly done: () => void } | undefined;
  private constructor(sockets: readonly [DatagramSocket, DatagramSocket]) {
    [this.#rtp, this.#rtcp] = sockets;
  }

  /** Binds two ports of an address. */
  static async bind(network: DatagramNetwork, address: string): Promise<RtpPeer> {
    let peer: RtpPeer | undefined;
    const open = (onDatagram: (bytes: Uint8Array) => void): Promise<DatagramSocket> =>
      network.bind({ address, port: 0 }, { onDatagram, onError: () => {} });
    const rtpSocket = await open((bytes) => peer?.hear(bytes));
    peer = new RtpPeer([rtpSocket, await open((bytes) => peer?.received.reports.push(bytes))]);
    return peer;
  }

  /** What a leg is connected to so that it talks to this peer. */
  remote(changes: Partial<PlainRemote> = {}): PlainRemote {
    const { address, port } = this.#rtp.local;
    const types = { send: this.payloadTypes, receive: this.payloadTypes };
    return { address, rtpPort: port, rtcpPort: this.#rtcp.local.port, ...types, direction: "sendrecv", ...changes };
  }

  /** Where what is said goes. */
  aim(to: { readonly address: string; readonly rtpPort: number; readonly rtcpPort: number }): void {
    this.#to = { rtp: { address: to.address, port: to.rtpPort }, rtcp: { address: to.address, port: to.rtcpPort } };
  }

  /** Says one frame of audio of 20 ms. */
  say(payload: Uint8Array, payloadType = this.payloadTypes.pcmu): void {
    this.#sayAt(this.timestamp, payload, payloadType);
    this.timestamp = ticksAdd(this.timestamp, 160);
  }

  /** Presses a key: packets each 20 ms of its length, then the end packet three times. Never with the marker bit. */
  press(digit: string, durationMs: number): void {
    const total = durationMs * 8;
    for (let ticks = 160; ticks < total; ticks += 160) this.sayKey(digit, ticks);
    for (let copy = 0; copy < 3; copy += 1) this.sayKey(digit, total, true);
    this.timestamp = ticksAdd(this.timestamp, total);
  }

  /** Says one packet of a key press that began at `timestamp`, which stays as it is. */
  sayKey(digit: string, durationTicks: number, isEnd = false): void {
    this.#sayAt(
      this.timestamp,
      makeTelephoneEvent(eventOf(digit), durationTicks, isEnd),
      this.payloadTypes.telephoneEvent,
    );
  }

  /** Sends any bytes to the RTP port. */
  sendRaw(bytes: Uint8Array): void {
    if (this.#to !== undefined) this.#rtp.send(bytes, this.#to.rtp);
  }
  /** Sends any bytes to the RTCP port. */
  report(bytes: Uint8Array): void {
    if (this.#to !== undefined) this.#rtcp.send(bytes, this.#to.rtcp);
  }

  /** The payloads that came. */
  get heard(): readonly Uint8Array[] {
    return this.received.packets.map(rtpPayload);
  }
  /** The sequence numbers that came. */
  get heardSeqs(): readonly number[] {
    return this.received.packets.map(rtp.seq);
  }
  /** Resolves when `count` packets came in all. */
  hearing(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { count, done: resolve };
      this.#wake();
    });
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  private hear(bytes: Uint8Array): void {
    this.received.packets.push(new Uint8Array(bytes));
    this.#wake();
  }
  #wake(): void {
    if (this.#waiting === undefined || this.received.packets.length < this.#waiting.count) return;
    this.#waiting.done();
    this.#waiting = undefined;
  }
  #sayAt(timestamp: number, payload: Uint8Array, payloadType: number): void {
    this.sendRaw(makeRtp({ payloadType, seq: this.seq, timestamp, ssrc: this.ssrc }, payload));
    this.seq = seqAdd(this.seq, 1);
  }
}
