import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { decodeMuLaw, encodeMuLaw } from "../../harness/audio/mu-law.ts";
import type { Sound } from "../../harness/audio/sound.ts";

/** A key press as it came over RTP (RFC 4733): everything that carried one timestamp. */
export type KeyPress = { readonly key: string; readonly durationMs: number; readonly ends: number };

type Address = { readonly address: string; readonly port: number };
type Agreed = { readonly remote: Address; readonly pcmu: number; readonly telephoneEvent: number | undefined };

const rateHz = 8000;
const packetMs = 20;
const samplesAPacket = (rateHz * packetMs) / 1000;
const headerBytes = 12;
/** The last packet of a key press is sent so often, RFC 4733 section 2.5.1.4. */
const repetitions = 3;
const keys = "0123456789*#ABCD";

/**
 * The sound of one telephone far away: a bare RTP socket that plays a sound over and over, and keeps what it hears. It
 * reads and writes packets by itself, so that nothing of the product measures the product.
 */
export class FarSound {
  readonly #socket: Socket;
  readonly #chunks: Float32Array[] = [];
  readonly #presses = new Map<number, KeyPress>();
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
    return { rateHz, samples: Float32Array.from(this.#chunks.flatMap((chunk) => [...chunk])) };
  }

  /** The keys that were pressed, in the order in which they began. */
  get presses(): readonly KeyPress[] {
    return [...this.#presses.values()];
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

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
  }

  async #play(codes: Uint8Array): Promise<void> {
    const startedMs = performance.now();
    for (let count = 0; this.#open; count++) {
      const from = (count * samplesAPacket) % codes.length;
      this.#send(count, codes.subarray(from, from + samplesAPacket));
      await setTimeout(Math.max(0, startedMs + (count + 1) * packetMs - performance.now()));
    }
  }

  #send(count: number, payload: Uint8Array): void {
    const { remote, pcmu } = this.#agreed!;
    const packet = Buffer.alloc(headerBytes + payload.length);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(pcmu, 1);
    packet.writeUInt16BE(count & 0xffff, 2);
    packet.writeUInt32BE(count * samplesAPacket, 4);
    packet.writeUInt32BE(0x5eed_0001, 8);
    packet.set(payload, headerBytes);
    this.#socket.send(packet, remote.port, remote.address);
  }

  #hear(packet: Buffer): void {
    const payloadType = packet.readUInt8(1) & 0x7f;
    if (payloadType === this.#agreed?.pcmu) this.#chunks.push(decodeMuLaw(packet.subarray(headerBytes)));
    if (payloadType === this.#agreed?.telephoneEvent) this.#hearKey(packet);
  }

  /** RFC 4733 section 2.3: event, end bit and volume, duration in timestamp ticks. */
  #hearKey(packet: Buffer): void {
    const timestamp = packet.readUInt32BE(4);
    const isEnd = (packet.readUInt8(headerBytes + 1) & 0x80) !== 0;
    const durationMs = (packet.readUInt16BE(headerBytes + 2) * 1000) / rateHz;
    const before = this.#presses.get(timestamp);
    this.#presses.set(timestamp, {
      key: keys[packet.readUInt8(headerBytes)] ?? "?",
      durationMs: Math.max(durationMs, before?.durationMs ?? 0),
      ends: (before?.ends ?? 0) + (isEnd ? 1 : 0),
    });
    this.#onPress();
  }
}
