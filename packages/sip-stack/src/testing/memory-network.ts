import type { Clock } from "../kernel/clock.ts";
import { type Address, addressText } from "../transport/address.ts";
import type { DatagramNetwork, DatagramSink, DatagramSocket } from "../transport/datagrams.ts";
import { seededRandom } from "./seeded-random.ts";

/** How a memory network treats datagrams: fractions from 0 to 1, decided by the seed. */
export type MemoryNetworkOptions = {
  readonly clock: Clock;
  readonly seed?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** The share of datagrams that arrive up to 20 ms later than the others. */
  readonly reorder?: number;
  readonly delayMs?: number;
};

/** One datagram as a bystander sees it when it is sent. */
export type ObservedDatagram = {
  readonly atMs: number;
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
  readonly lost: boolean;
};

/** Whether the way from one address to another is cut. */
export type Cut = (from: Address, to: Address) => boolean;

/** A network in memory with what tests want to know of it. */
export type MemoryNetwork = DatagramNetwork & {
  readonly sent: number;
  readonly lost: number;
  observe(listener: (datagram: ObservedDatagram) => void): void;
  /**
   * Loses all that is sent where `cut` says so until the returned function heals it. `told`: the sender hears an error
   * of each, as a router's ICMP message would bring it.
   */
  partition(cut: Cut, how?: "silent" | "told"): () => void;
};

type Partition = { readonly cut: Cut; readonly isTold: boolean };

const firstEphemeralPort = 49_152;
const reorderSpreadMs = 20;

/** Carries datagrams of any kind between sockets of one process; the clock drives it. Wildcard addresses match any. */
export function memoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock, loss = 0, duplicate = 0, reorder = 0, delayMs = 0 } = options;
  const random = seededRandom(options.seed ?? 1);
  const bound = new Map<string, DatagramSink>();
  const listeners: ((datagram: ObservedDatagram) => void)[] = [];
  const partitions = new Set<Partition>();
  const counts = { sent: 0, lost: 0 };
  let nextPort = firstEphemeralPort;

  const receiver = (to: Address): DatagramSink | undefined =>
    bound.get(addressText(to)) ?? bound.get(addressText({ address: "0.0.0.0", port: to.port }));

  const deliver = (bytes: Uint8Array, from: Address, to: Address): void => {
    const extraMs = random.fraction() < reorder ? random.fraction() * reorderSpreadMs : 0;
    clock.after(delayMs + extraMs, () => receiver(to)?.onDatagram(bytes, from));
  };

  const partition = (cut: Cut, how: "silent" | "told" = "silent"): (() => void) => {
    const made = { cut, isTold: how === "told" };
    partitions.add(made);
    return () => void partitions.delete(made);
  };

  const send = (sent: Uint8Array, from: Address, to: Address): void => {
    // Not `slice`: of a Buffer that is a view.
    const bytes = new Uint8Array(sent);
    const parted = [...partitions].find(({ cut }) => cut(from, to));
    const lost = random.fraction() < loss || parted !== undefined;
    counts.sent += 1;
    if (lost) counts.lost += 1;
    for (const listener of listeners) listener({ atMs: clock.nowMs(), from, to, bytes, lost });
    if (parted?.isTold)
      clock.after(0, () => bound.get(addressText(from))?.onError(new Error("EHOSTUNREACH"), to, sent));
    if (lost) return;
    deliver(bytes, from, to);
    // A copy has octets of its own: who gets a packet may write in it.
    if (random.fraction() < duplicate) deliver(new Uint8Array(bytes), from, to);
  };

  const freePort = (address: string): number => {
    while (bound.has(addressText({ address, port: nextPort }))) nextPort += 1;
    return nextPort++;
  };

  const bind = async (wanted: Address, sink: DatagramSink): Promise<DatagramSocket> => {
    const local = wanted.port === 0 ? { ...wanted, port: freePort(wanted.address) } : wanted;
    const key = addressText(local);
    if (bound.has(key)) throw new Error(`EADDRINUSE ${key}`);
    bound.set(key, sink);
    const open = (): boolean => bound.get(key) === sink;
    return { local, send: (bytes, to) => open() && send(bytes, local, to), close: () => open() && bound.delete(key) };
  };

  return {
    bind,
    partition,
    observe: (listener) => listeners.push(listener),
    get sent() {
      return counts.sent;
    },
    get lost() {
      return counts.lost;
    },
  };
}
