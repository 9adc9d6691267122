import { type Address, type DatagramSocket, systemDatagrams } from "@trunkline/media-relay";
import { seededRandom } from "@trunkline/media-relay/testing";

/** A UDP path between a browser and a port of a relay that loses a fraction of the datagrams in both directions. */
export class LossyPath {
  readonly #loses: () => boolean;
  readonly #target: Address;
  #inner!: DatagramSocket;
  #outer!: DatagramSocket;
  #browser: Address | undefined;
  private constructor(target: Address, loss: number, seed: number) {
    const random = seededRandom(seed);
    this.#target = target;
    this.#loses = () => random(1)[0]! < loss * 256;
  }

  /** @param network the address to bind; @param loss from 0 to 1 */
  static async open(network: string, target: Address, loss: number, seed: number): Promise<LossyPath> {
    const path = new LossyPath(target, loss, seed);
    const bind = (onDatagram: (bytes: Uint8Array, from: Address) => void): Promise<DatagramSocket> =>
      systemDatagrams.bind({ address: network, port: 0 }, { onDatagram, onError: () => {} });
    path.#inner = await bind((bytes, from) => {
      path.#browser = { address: from.address, port: from.port };
      if (!path.#loses()) path.#outer.send(bytes, path.#target);
    });
    path.#outer = await bind((bytes) => {
      if (path.#browser !== undefined && !path.#loses()) path.#inner.send(bytes, path.#browser);
    });
    return path;
  }

  /** The port to which the browser sends instead of the relay's. */
  get port(): number {
    return this.#inner.local.port;
  }

  close(): void {
    this.#inner.close();
    this.#outer.close();
  }
}
