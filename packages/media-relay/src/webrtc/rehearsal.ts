import { RTCPeerConnection } from "werift";
import type { Clock } from "../kernel/clock.ts";
import type { DatagramSocket } from "../kernel/datagrams.ts";
import { makeRtp } from "../packet/rtp.ts";
import type { MediaCipher } from "../srtp/media-cipher.ts";
import { Handshake } from "./handshake.ts";
import { AdoptedTransport, adoptTransports, askNoStunServer } from "./werift-inside.ts";

const here = "127.0.0.1";

/**
 * One whole handshake of this thread with itself, over no network, before the first call: code that ran once is compiled, and
 * the first caller does not wait for it.
 */
export class Rehearsal {
  readonly #browser: RTCPeerConnection;
  readonly #handshake: Handshake;
  #closing: Promise<void> | undefined;
  constructor(clock: Clock) {
    const transport = new AdoptedTransport(
      oneWay(1, (bytes) => this.#handshake.receive(0, bytes, { address: here, port: 1 })),
    );
    this.#browser = new RTCPeerConnection({ iceServers: [], ...adoptTransports([here], [transport]) });
    this.#browser.addTransceiver("audio");
    askNoStunServer(this.#browser);
    const socket = oneWay(2, (bytes) => transport.onData(Buffer.from(bytes), [here, 2]));
    this.#handshake = new Handshake([{ host: here, socket }], clock, {
      onConnected: (cipher) => this.#end(cipher),
      onFailed: () => void this.close(),
    });
  }

  /** Begins; it closes itself when it is through. A rehearsal that fails costs nobody anything. */
  start(): void {
    this.#run().catch(() => this.close());
  }

  /** Ends it wherever it is; idempotent. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#browser.close(), this.#handshake.close()]).then(() => {});
    return this.#closing;
  }

  async #run(): Promise<void> {
    await this.#browser.setRemoteDescription({ type: "offer", sdp: await this.#handshake.offer() });
    await this.#browser.setLocalDescription(await this.#browser.createAnswer());
    await this.#handshake.accept(this.#browser.localDescription?.sdp ?? "");
  }

  #end(cipher: MediaCipher): void {
    const packet = makeRtp({ payloadType: 0, seq: 0, timestamp: 0, ssrc: 1 }, new Uint8Array(160));
    cipher.unprotectRtp(cipher.protectRtp(packet));
    cipher.unprotectRtcp(cipher.protectRtcp(packet));
    void this.close();
  }
}

/** A socket whose datagrams go to one place, in a later turn. */
const oneWay = (port: number, take: (bytes: Uint8Array) => void): DatagramSocket => ({
  local: { address: here, port },
  send: (bytes) => queueMicrotask(() => take(bytes)),
  close: () => {},
});
