import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../kernel/datagrams.ts";

/** A network in memory: datagrams arrive within the call that sends them, in order, none lost. */
export class MemoryNetwork implements DatagramNetwork {
  readonly #bound = new Map<string, DatagramSink>();
  #nextPort = 50_000;

  /** Sockets open now. */
  get open(): number {
    return this.#bound.size;
  }

  async bind(address: Address, sink: DatagramSink): Promise<DatagramSocket> {
    const local = { address: address.address, port: address.port === 0 ? this.#nextPort++ : address.port };
    if (this.#bound.has(keyOf(local))) throw new Error(`${keyOf(local)} is taken`);
    this.#bound.set(keyOf(local), sink);
    return {
      local,
      send: (bytes, to) => this.#bound.get(keyOf(to))?.onDatagram(new Uint8Array(bytes), local),
      close: () => this.#bound.delete(keyOf(local)),
    };
  }
}

const keyOf = ({ address, port }: Address): string => `${address}:${port}`;
