import type { MessagePort } from "node:worker_threads";
import { OpenCalls } from "../kernel/calls.ts";
import type { Address } from "../kernel/datagrams.ts";
import { WorkerGone } from "../kernel/errors.ts";
import { unreachable } from "../kernel/unreachable.ts";
import type { BrowserHandshake, HandshakeSpec, Handshakes, HandshakeUser } from "../webrtc/handshake.ts";
import type { FromHandshakes, HandshakeCalls, PostedDatagram } from "./protocol.ts";

const ended = "the handshake thread ended";

/** Handshakes on a thread of their own, reached over a port; when that thread is replaced there is another port. */
export class RemoteHandshakes implements Handshakes {
  #line: Line | undefined;

  get size(): number {
    return this.#line?.size ?? 0;
  }

  /** Takes the port to the handshake thread. What was open over an earlier one is lost. */
  connect(port: MessagePort): void {
    this.#line?.lose();
    this.#line = new Line(port);
  }

  async open(spec: HandshakeSpec, user: HandshakeUser): Promise<BrowserHandshake> {
    if (this.#line === undefined || this.#line.isLost) throw new WorkerGone("the handshake thread is not running");
    return this.#line.open(spec, user);
  }

  async close(): Promise<void> {
    await this.#line?.close();
  }
}

/** One port and the handshakes over it. */
class Line {
  readonly #port: MessagePort;
  readonly #calls: OpenCalls<HandshakeCalls>;
  readonly #users = new Map<number, HandshakeUser>();
  #opened = 0;
  #isLost = false;
  constructor(port: MessagePort) {
    this.#port = port;
    this.#calls = new OpenCalls((call, transfer) => port.postMessage({ kind: "call", ...call }, [...transfer]));
    port.on("message", (message: FromHandshakes) => this.#take(message));
    port.on("close", () => this.lose());
  }

  get size(): number {
    return this.#users.size;
  }
  get isLost(): boolean {
    return this.#isLost;
  }

  async open(spec: HandshakeSpec, user: HandshakeUser): Promise<BrowserHandshake> {
    this.#opened += 1;
    const id = this.#opened;
    this.#users.set(id, user);
    try {
      await this.#calls.ask("open", { id, spec });
    } catch (cause) {
      this.#users.delete(id);
      throw cause;
    }
    return this.#handle(id);
  }

  /** The thread at the other end is gone. */
  lose(): void {
    const lost = [...this.#users.values()];
    this.#isLost = true;
    this.#users.clear();
    this.#port.close();
    this.#calls.lose(new WorkerGone(`${ended}: this leg's handshake is lost`));
    for (const user of lost) user.onFailed(ended);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#users.keys(), (id) => this.#close(id)));
    this.#port.close();
  }

  #handle(id: number): BrowserHandshake {
    let closing: Promise<void> | undefined;
    return {
      receive: (host, bytes, from) => this.#pass(id, host, bytes, from),
      offer: (options) => this.#calls.ask("offer", { id, options }),
      accept: (sdp) => this.#calls.ask("accept", { id, sdp }),
      answer: (sdp) => this.#calls.ask("answer", { id, sdp }),
      close: () => {
        closing ??= this.#close(id);
        return closing;
      },
    };
  }

  async #close(id: number): Promise<void> {
    this.#users.delete(id);
    // What is to be closed is closed when its thread is gone.
    await this.#calls.ask("close", { id }).catch(() => {});
  }

  #pass(id: number, host: number, bytes: Uint8Array, { address, port }: Address): void {
    if (!this.#users.has(id)) return;
    // A view is posted with all the memory below it; what is posted moves, and costs no copy more.
    const own = new Uint8Array(bytes);
    const datagram: PostedDatagram = { kind: "datagram", id, host, bytes: own, address, port };
    this.#port.postMessage(datagram, [own.buffer]);
  }

  #take(message: FromHandshakes): void {
    switch (message.kind) {
      case "answered":
      case "refused":
        this.#calls.settle(message);
        break;
      case "datagram":
        this.#users.get(message.id)?.send(message.host, message.bytes, message);
        break;
      case "keys":
        this.#users.get(message.id)?.onKeys(message.keys);
        break;
      case "path":
        this.#users.get(message.id)?.onPath(message.path);
        break;
      case "failed":
        this.#users.get(message.id)?.onFailed(message.why);
        break;
      case "refused-dtls":
        this.#users.get(message.id)?.onRefused(message.reason);
        break;
      default:
        unreachable(message);
    }
  }
}
