import type { Clock } from "../kernel/clock.ts";
import type { AdoptedSocket } from "../transport/adopted-socket.ts";

type Listener = (...values: never[]) => void;

/** One end of a connected pair; what it sends arrives at the other end one tick of the clock later. */
class MemoryWebSocket implements AdoptedSocket {
  readonly bufferedAmount = 0;
  readonly #clock: Clock;
  readonly #listeners = new Map<string, Listener[]>();
  #peer: MemoryWebSocket | undefined;
  #open = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(peer: MemoryWebSocket): void {
    this.#peer = peer;
  }

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  send(data: string | Uint8Array, done?: (error?: Error) => void): void {
    const failure = this.#open ? undefined : new Error("the socket is closed");
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
    if (this.#open) this.#clock.after(0, () => this.#peer?.emit("message", bytes, typeof data !== "string"));
    this.#clock.after(0, () => done?.(failure));
  }

  ping(): void {
    this.#clock.after(0, () => this.#peer?.pong(this));
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    this.end();
    this.#peer?.end();
  }

  pong(asker: MemoryWebSocket): void {
    if (this.#open) asker.emit("pong");
  }

  emit(event: string, ...values: unknown[]): void {
    if (!this.#open && event !== "close") return;
    for (const listener of this.#listeners.get(event) ?? []) listener(...(values as never[]));
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#clock.after(0, () => this.emit("close"));
  }
}

/** Two connected WebSockets in memory: one for the side that accepts, one for a test's client. */
export function memoryWebSocketPair(clock: Clock): readonly [AdoptedSocket, AdoptedSocket] {
  const [one, other] = [new MemoryWebSocket(clock), new MemoryWebSocket(clock)];
  one.connect(other);
  other.connect(one);
  return [one, other];
}
