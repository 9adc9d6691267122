import type { Clock } from "../kernel/clock.ts";
import type { Address } from "./address.ts";
import type { AdoptedSocket } from "./adopted-socket.ts";
import type { Flow, TransportSink } from "./transport.ts";

/** Who is at the other end of an adopted socket, as the application that accepted it knows. */
export type SocketOpener = {
  readonly remote: Address;
  readonly local: Address;
  readonly principal?: string;
  /** True for TLS: the flow is `wss`. */
  readonly secure?: boolean;
};

/** Limits of one WebSocket flow, in milliseconds and bytes. */
export type WebSocketLimits = { readonly pingMs: number; readonly maxBufferedBytes: number };

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** RFC 7118 section 5: UTF-8 goes as a text frame, anything else as a binary one. */
function frameOf(bytes: Uint8Array): string | Uint8Array {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** A flow over a socket that the application has accepted. */
export interface AdoptedFlow extends Flow {
  /** Takes the principal away: from now on the application does not know who is at the other end. */
  disown(): void;
}

/** One adopted WebSocket: sends, keeps alive with pings, and gives up a peer that does not answer or read. */
export class WebSocketFlow implements AdoptedFlow {
  readonly id: string;
  readonly transport: "ws" | "wss";
  readonly local: Address;
  readonly remote: Address;
  declare principal?: string;
  readonly #socket: AdoptedSocket;
  readonly #clock: Clock;
  readonly #limits: WebSocketLimits;
  readonly #report: () => TransportSink | undefined;
  #open = true;
  #answered = true;
  #stopPing: () => void = () => {};

  constructor(
    id: string,
    socket: AdoptedSocket,
    opener: SocketOpener,
    wiring: { clock: Clock; limits: WebSocketLimits; report: () => TransportSink | undefined },
  ) {
    this.id = id;
    this.transport = opener.secure === true ? "wss" : "ws";
    this.local = opener.local;
    this.remote = opener.remote;
    if (opener.principal !== undefined) this.principal = opener.principal;
    this.#socket = socket;
    this.#clock = wiring.clock;
    this.#limits = wiring.limits;
    this.#report = wiring.report;
    socket.on("error", (cause) => this.#open && this.#report()?.onFailure(this, cause));
  }

  get open(): boolean {
    return this.#open;
  }

  disown(): void {
    delete this.principal;
  }

  /** Starts receiving and pinging; `onClosed` runs once, whoever closed. */
  start(onClosed: () => void): void {
    this.#socket.on("message", (data) => this.#open && this.#report()?.onMessage(data, this));
    this.#socket.on("pong", () => {
      this.#answered = true;
    });
    this.#socket.on("close", () => this.#end(onClosed));
    this.#armPing();
  }

  /** Sends one message as one frame; a peer that does not read is cut off. */
  send(bytes: Uint8Array): void {
    if (!this.#open) this.#fail(new Error("the WebSocket is closed"));
    else if (this.#socket.bufferedAmount > this.#limits.maxBufferedBytes) this.#cutOff("websocket-backlog");
    else this.#socket.send(frameOf(bytes), (error) => error && this.#report()?.onFailure(this, error));
  }

  close(code: number, reason: string): void {
    this.#stopPing();
    this.#open = false;
    this.#socket.close(code, reason);
  }

  #armPing(): void {
    this.#stopPing = this.#clock.after(this.#limits.pingMs, () => this.#ping());
  }

  #ping(): void {
    if (!this.#answered) {
      this.#cutOff("websocket-silent");
      return;
    }
    this.#answered = this.#socket.ping === undefined;
    this.#socket.ping?.();
    this.#armPing();
  }

  #cutOff(why: string): void {
    this.#stopPing();
    this.#report()?.onRefused(this, why);
    if (this.#socket.terminate !== undefined) this.#socket.terminate();
    else this.#socket.close(1011, why);
  }

  #fail(cause: Error): void {
    this.#clock.after(0, () => this.#report()?.onFailure(this, cause));
  }

  #end(onClosed: () => void): void {
    this.#open = false;
    this.#stopPing();
    onClosed();
  }
}
