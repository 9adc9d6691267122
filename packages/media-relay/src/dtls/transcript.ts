import { type HandshakeMessage, writeMessage } from "./handshake-message.ts";
import { joined } from "./octets.ts";

/** The messages of both sides in order. Signatures and Finished cover it. */
export class Transcript {
  readonly #messages: Uint8Array[] = [];

  get length(): number {
    return this.#messages.length;
  }
  /** All messages. */
  get octets(): Uint8Array {
    return joined(...this.#messages);
  }

  add(message: HandshakeMessage): void {
    this.#messages.push(writeMessage(message));
  }

  /** Keeps the first `length` messages. */
  cut(length: number): void {
    this.#messages.length = length;
  }
}
