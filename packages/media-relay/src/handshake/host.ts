import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { type CallHandlers, replyTo } from "../kernel/calls.ts";
import { LegUnknown } from "../kernel/errors.ts";
import type { BrowserHandshake, Handshakes, HandshakeUser } from "../webrtc/handshake.ts";
import type { FromHandshakes, HandshakeCalls, ToHandshakes } from "./protocol.ts";

/** The handshake thread's side of one media worker's port: carries out what it asks with the handshakes of this thread. */
export class HandshakeHost {
  readonly #handshakes: Handshakes;
  readonly #port: MessagePort;
  readonly #open = new Map<number, BrowserHandshake>();
  /** Resolves when the port is closed, by either end. */
  readonly closed: Promise<void>;
  #isClosed = false;
  constructor(handshakes: Handshakes, port: MessagePort) {
    this.#handshakes = handshakes;
    this.#port = port;
    port.on("message", (message: ToHandshakes) => this.#take(message));
    // The media worker closed it, or is gone with its sockets.
    this.closed = once(port, "close").then(() => this.#closeAll());
  }

  /** Closes its handshakes and the port; idempotent. */
  async close(): Promise<void> {
    await this.#closeAll();
    this.#port.close();
  }

  #take(message: ToHandshakes): void {
    if (message.kind === "call") void replyTo(message, this.#handlers).then((reply) => this.#post(reply));
    else this.#open.get(message.id)?.receive(message.host, message.bytes, message);
  }

  readonly #handlers: CallHandlers<HandshakeCalls> = {
    open: async ({ id, spec }) => {
      const handshake = await this.#handshakes.open(spec, this.#user(id));
      this.#open.set(id, handshake);
      if (this.#isClosed) await this.#closeAll();
    },
    offer: async ({ id, options }) => this.#found(id).offer(options),
    accept: async ({ id, sdp }) => this.#found(id).accept(sdp),
    answer: async ({ id, sdp }) => this.#found(id).answer(sdp),
    close: async ({ id }) => {
      const handshake = this.#open.get(id);
      this.#open.delete(id);
      await handshake?.close();
    },
  };

  #user(id: number): HandshakeUser {
    return {
      send: (host, bytes, { address, port }) =>
        this.#port.postMessage({ kind: "datagram", id, host, bytes, address, port } satisfies FromHandshakes, [
          bytes.buffer as ArrayBuffer,
        ]),
      onKeys: (keys) => this.#post({ kind: "keys", id, keys }),
      onPath: (path) => this.#post({ kind: "path", id, path }),
      onFailed: (why) => this.#post({ kind: "failed", id, why }),
      onRefused: (reason) => this.#post({ kind: "refused-dtls", id, reason }),
    };
  }

  #post(message: FromHandshakes): void {
    this.#port.postMessage(message);
  }

  #found(id: number): BrowserHandshake {
    const handshake = this.#open.get(id);
    if (handshake === undefined) throw new LegUnknown("this leg's handshake is closed");
    return handshake;
  }

  async #closeAll(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((handshake) => handshake.close()));
  }
}
