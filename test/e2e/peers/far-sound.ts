import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { decodeMuLaw, encodeMuLaw } from "../../harness/audio/mu-law.ts";
import type { Sound } from "../../harness/audio/sound.ts";
import { type KeyPress, KeyPresses, keys, repetitions } from "./key-presses.ts";

type Address = { readonly address: string; readonly port: number };
type Agreed = { readonly remote: Address; readonly pcmu: number; readonly telephoneEvent: number | undefined };

const rateHz = 8000;
const packetMs = 20;
const samplesAPacket = (rateHz * packetMs) / 1000;
const headerBytes = 12;
const pressMs = 100;
/** How long the sound goes on between two keys. */
const betweenKeysMs = 60;

/** A packet of sound: its RTP timestamp and its payload. */
export type SoundPacket = { readonly ticks: number; readonly payload: Buffer };

/** One packet of a key press, and how many packets of the same press went before it. */
type KeyPacket = { readonly payload: Buffer; readonly before: number };

/** A press as it is sent: each packet tells how long it has lasted, the last one thrice. RFC 4733 section 2.3. */
function packetsOf(key: string): readonly KeyPacket[] {
  const count = pressMs / packetMs;
  return Array.from({ length: count - 1 + repetitions }, (_, before) => {
    const payload = Buffer.alloc(4);
    payload.writeUInt8(keys.indexOf(key), 0);
    payload.writeUInt8((before >= count - 1 ? 0x80 : 0) | 10, 1);
    payload.writeUInt16BE(Math.min(before + 1, count) * samplesAPacket, 2);
    return { payload, before };
  });
}

/**
 * The sound of one telephone far away: a bare RTP socket that plays a sound over and over, presses keys, and keeps what it
 * hears. It reads and writes packets by itself, so that nothing of the product measures the product.
 */
export class FarSound {
  readonly #socket: Socket;
  /** The sound's packets that were sent, and those that came, in order. */
  readonly said: SoundPacket[] = [];
  readonly packets: SoundPacket[] = [];
  /** The sequence numbers of all that came, in order. */
  readonly seqs: number[] = [];
  /** When each packet of sound came, in milliseconds of this process. */
  readonly arrivalsMs: number[] = [];
  /** The sources of the streams that came. */
  readonly ssrcs = new Set<number>();
  readonly #due: (KeyPacket | undefined)[] = [];
  readonly #presses = new KeyPresses();
  #onPress: () => void = () => {};
  #agreed: Agreed | undefined;
  #open = true;

  static async bind(address: string): Promise<FarSound> {
    const socket = createSocket("udp4").bind(0, address);
    await once(socket, "listening");
    return new FarSound(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet) => this.#hear(packet));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** What was heard so far; lost packets and pauses leave no gap. */
  get heard(): Sound {
    return { rateHz, samples: decodeMuLaw(Buffer.concat(this.packets.map(({ payload }) => payload))) };
  }

  /** The keys that were pressed, in the order in which they began. */
  get presses(): readonly KeyPress[] {
    return this.#presses.all;
  }

  /** Resolves with the presses when so many are over. */
  pressed(count: number): Promise<readonly KeyPress[]> {
    return new Promise((resolve) => {
      this.#onPress = () => {
        if (this.presses.filter(({ ends }) => ends >= repetitions).length >= count) resolve(this.presses);
      };
      this.#onPress();
    });
  }

  /** Takes what SDP agreed, and speaks to there from now on: `sound` again and again. */
  speak(agreed: Agreed, sound: Sound): void {
    this.#agreed = agreed;
    void this.#play(encodeMuLaw(sound.samples));
  }

  /** Presses keys in place of the sound, one after the other. */
  press(pressed: string): void {
    const pause = Array.from({ length: betweenKeysMs / packetMs }, () => undefined);
    for (const key of pressed) this.#due.push(...packetsOf(key), ...pause);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
  }

  async #play(codes: Uint8Array): Promise<void> {
    const startedMs = performance.now();
    for (let count = 0; this.#open; count++) {
      this.#say(count, codes);
      await setTimeout(Math.max(0, startedMs + (count + 1) * packetMs - performance.now()));
    }
  }

  #say(count: number, codes: Uint8Array): void {
    const { pcmu, telephoneEvent } = this.#agreed!;
    const key = this.#due.shift();
    if (key !== undefined) return this.#send(count, count - key.before, telephoneEvent!, key.payload);
    const from = (count * samplesAPacket) % codes.length;
    const payload = Buffer.from(codes.subarray(from, from + samplesAPacket));
    this.said.push({ ticks: count * samplesAPacket, payload });
    this.#send(count, count, pcmu, payload);
  }

  #send(count: number, since: number, payloadType: number, payload: Buffer): void {
    const { remote } = this.#agreed!;
    const packet = Buffer.alloc(headerBytes + payload.length);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(payloadType, 1);
    packet.writeUInt16BE(count & 0xffff, 2);
    packet.writeUInt32BE(since * samplesAPacket, 4);
    packet.writeUInt32BE(0x5eed_0001, 8);
    packet.set(payload, headerBytes);
    this.#socket.send(packet, remote.port, remote.address);
  }

  #hear(packet: Buffer): void {
    const payloadType = packet.readUInt8(1) & 0x7f;
    const isSound = payloadType === this.#agreed?.pcmu;
    const isKey = payloadType === this.#agreed?.telephoneEvent;
    const [ticks, payload] = [packet.readUInt32BE(4), packet.subarray(headerBytes)];
    if (isSound || isKey) this.seqs.push(packet.readUInt16BE(2));
    if (isSound || isKey) this.ssrcs.add(packet.readUInt32BE(8));
    if (isSound) this.packets.push({ ticks, payload });
    if (isSound) this.arrivalsMs.push(performance.now());
    if (isKey) this.#presses.hear(ticks, payload);
    if (isKey) this.#onPress();
  }
}
