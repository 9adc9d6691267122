import type { Socket } from "node:net";
import type { Clock } from "../kernel/clock.ts";
import type { Address } from "./address.ts";
import { StreamFraming } from "./framing.ts";
import { Liveness, type LivenessLimits } from "./liveness.ts";
import type { Flow, TransportSink } from "./transport.ts";

/** Limits of one connection, in milliseconds and bytes. */
export type StreamLimits = LivenessLimits & {
  /** How long opening a connection (TLS: with its handshake) may take. */
  readonly connectMs: number;
  /** How long a connection that is being closed may take to deliver what was sent. */
  readonly lingerMs: number;
  /** How long an accepted connection of an unknown source may stand before it has proved who it is. */
  readonly provingMs: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly maxBufferedBytes: number;
};

/** The place that an accepted connection takes among those of its source. */
export type Seat = {
  /** Whether its source has still to prove who it is. */
  readonly isUnknown: boolean;
  /** Moves it to those of known sources, where there is room. */
  promote(): void;
};

/** What a connection is called and where it leads. */
export type StreamPlace = {
  readonly id: string;
  readonly transport: "tcp" | "tls";
  readonly local: Address;
  readonly remote: Address;
  readonly host?: string;
  /** Only of an accepted one. */
  readonly seat?: Seat;
};

/** What a connection works with. `onGone` runs once, when nothing is left of it. */
export type StreamWiring = {
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly report: () => TransportSink | undefined;
  readonly onGone: (flow: StreamFlow) => void;
};

/** A connection was never made: nothing that was sent on it has reached the peer. */
export class ConnectFailed extends Error {
  override readonly name = "ConnectFailed";
}

const ping = Buffer.from("\r\n\r\n");
const pong = Buffer.from("\r\n");
const nothing = (): void => {};
/** The system probes a silent connection after this time, and closes one whose peer is gone soon after. */
const systemKeepAliveMs = 60_000;

/** One connection of TCP or TLS. What is sent before it stands waits, and goes only when the peer is who it should be. */
export class StreamFlow implements Flow {
  readonly id: string;
  readonly transport: "tcp" | "tls";
  readonly local: Address;
  readonly remote: Address;
  declare readonly host?: string;
  readonly #socket: Socket;
  readonly #wiring: StreamWiring;
  readonly #seat: Seat | undefined;
  readonly #framing = new StreamFraming();
  readonly #liveness: Liveness;
  #waiting: Uint8Array[] | undefined = [];
  #waitingBytes = 0;
  #isOpen = true;
  #stopDeadline = nothing;
  #stopProving = nothing;

  constructor(place: StreamPlace, socket: Socket, wiring: StreamWiring) {
    this.id = place.id;
    this.transport = place.transport;
    this.local = place.local;
    this.remote = place.remote;
    if (place.host !== undefined) this.host = place.host;
    this.#seat = place.seat;
    this.#socket = socket;
    this.#wiring = wiring;
    this.#liveness = new Liveness(wiring.clock, wiring.limits, {
      ping: () => this.#write(ping),
      pong: () => this.send(pong),
      dead: (why) => this.#cutOff(`${this.transport}-${why}`),
    });
    this.#listen();
  }

  get open(): boolean {
    return this.#isOpen;
  }

  /** Gives up unless {@link ready} comes in time. */
  awaitConnection(): void {
    const { clock, limits } = this.#wiring;
    this.#stopDeadline = clock.after(limits.connectMs, () => this.#socket.destroy(new Error("no connection in time")));
  }

  /** The connection stands: what waited goes. */
  ready(): void {
    this.#stopDeadline();
    if (!this.#isOpen) return;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const bytes of waiting) this.#write(bytes);
    this.#liveness.start();
    if (this.#seat?.isUnknown === true) this.#awaitProof();
  }

  /** Its peer has proved who it is: it may be silent for long, and is kept alive. */
  vouch(): void {
    this.#stopProving();
    this.#stopProving = nothing;
    this.#seat?.promote();
    if (this.#isOpen && this.#seat !== undefined) this.#liveness.keepAlive();
  }

  /** Sends one message; a peer that does not read is cut off. */
  send(bytes: Uint8Array): void {
    if (!this.#isOpen) this.#failLater(new Error("the connection is closed"));
    else if (this.#backlog + bytes.length > this.#wiring.limits.maxBufferedBytes)
      this.#cutOff(`${this.transport}-backlog`);
    else this.#write(bytes);
  }

  /** Lets what was sent go out, then closes; cut off when that takes too long. */
  close(): void {
    const isStanding = this.#isOpen && this.#waiting === undefined;
    this.#isOpen = false;
    this.#stopTimers();
    this.#stopDeadline();
    if (isStanding) this.#linger(() => this.#socket.destroySoon());
    else this.#socket.destroy();
  }

  #awaitProof(): void {
    const { clock, limits } = this.#wiring;
    this.#stopProving = clock.after(limits.provingMs, () => this.#cutOff(`${this.transport}-unproven`));
  }

  #stopTimers(): void {
    this.#liveness.stop();
    this.#stopProving();
  }

  get #backlog(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  #listen(): void {
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, systemKeepAliveMs);
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("error", (cause) => this.#fail(cause));
    this.#socket.on("close", () => this.#end());
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#liveness.active();
    if (this.#waiting === undefined) this.#socket.write(bytes);
    else {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    }
  }

  #receive(chunk: Buffer): void {
    if (!this.#isOpen) return;
    for (const framed of this.#framing.push(chunk)) {
      if (framed.kind === "lineBreaks") this.#liveness.lineBreaks(framed.count);
      else if (framed.kind === "message") this.#pass(framed.bytes);
      else this.#hangUp(framed);
      if (!this.#isOpen) return;
    }
    this.#liveness.partial(this.#framing.isInMessage);
  }

  #pass(bytes: Uint8Array): void {
    this.#liveness.active();
    this.#wiring.report()?.onMessage(bytes, this);
  }

  /** The stream is lost: the peer hears why if it can, what it still sends is thrown away. */
  #hangUp(framed: { readonly bytes: Uint8Array; readonly why: string; readonly status: number }): void {
    this.#wiring.report()?.onUnframed?.(framed.bytes, this, framed.why, framed.status);
    this.#isOpen = false;
    this.#stopTimers();
    this.#linger(() => this.#socket.end());
  }

  #linger(close: () => void): void {
    const { clock, limits } = this.#wiring;
    this.#stopDeadline = clock.after(limits.lingerMs, () => this.#socket.destroy());
    close();
  }

  #cutOff(why: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopTimers();
    this.#wiring.report()?.onRefused(this, why);
    this.#socket.destroy();
  }

  #failLater(cause: Error): void {
    this.#wiring.clock.after(0, () => this.#wiring.report()?.onFailure(this, cause));
  }

  #fail(cause: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const failure = this.#waiting === undefined ? cause : new ConnectFailed(cause.message, { cause });
    this.#wiring.report()?.onFailure(this, failure);
  }

  #end(): void {
    this.#isOpen = false;
    this.#stopTimers();
    this.#stopDeadline();
    this.#wiring.onGone(this);
  }
}
