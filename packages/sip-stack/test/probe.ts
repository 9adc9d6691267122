import {
  type Address,
  type DatagramNetwork,
  type DatagramSocket,
  formatMessage,
  parseMessage,
  type SipRequest,
  type SipResponse,
} from "../src/index.ts";

/** A peer that sends what a test writes and keeps what comes back. */
export class Probe {
  readonly received: Uint8Array[] = [];
  readonly #socket: DatagramSocket;
  #serial = 0;

  private constructor(socket: DatagramSocket, received: Uint8Array[]) {
    this.#socket = socket;
    this.received = received;
  }

  static async open(network: DatagramNetwork, at: Address = { address: "10.0.0.9", port: 5060 }): Promise<Probe> {
    const received: Uint8Array[] = [];
    const socket = await network.bind(at, { onDatagram: (bytes) => received.push(bytes), onError: () => {} });
    return new Probe(socket, received);
  }

  get responses(): SipResponse[] {
    return this.messages.filter((message) => message.kind === "response");
  }

  get requests(): SipRequest[] {
    return this.messages.filter((message) => message.kind === "request");
  }

  get messages() {
    return this.received.flatMap((bytes) => {
      const message = parseMessage(bytes);
      return message.ok ? [message.value] : [];
    });
  }

  /** Sends a request with a branch of its own and our address in Via. */
  send(request: SipRequest, to: Address): void {
    this.#serial += 1;
    const { address, port } = this.#socket.local;
    const via = `SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-probe-${this.#serial}`;
    this.sendExactly({ ...request, headers: request.headers.with("Via", via) }, to);
  }

  sendExactly(request: SipRequest, to: Address): void {
    this.#socket.send(formatMessage(request), to);
  }

  sendText(text: string, to: Address): void {
    this.sendBytes(Buffer.from(text), to);
  }

  sendBytes(bytes: Uint8Array, to: Address): void {
    this.#socket.send(bytes, to);
  }
}
