import { type Address, type DatagramNetwork, type Flow, parseMessage } from "../../src/index.ts";
import {
  FakeClock,
  type MemoryNetwork,
  memoryNetwork,
  memoryWebSocketPair,
  type SeededRandom,
  seededRandom,
} from "../../src/testing/index.ts";
import type { Rung } from "./ladder.ts";
import type { Leg } from "./leg.ts";
import { Party } from "./party.ts";
import { ForkingProxy } from "./proxy.ts";

/** How the network of a world treats datagrams. */
export type Weather = {
  readonly seed: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly delayMs: number;
};

/** Changes messages on their way, as boxes in networks do; messages are text here. */
export type Box = (text: string, from: Address, to: Address) => string;

const alongsideMs = 100;

/** Three user agents on one simulated network, on one fake clock. */
export class World {
  readonly clock = new FakeClock();
  readonly rungs: Rung[] = [];
  /** For stories that leave to the seed what happens. */
  readonly random: SeededRandom;
  readonly alice: Party;
  readonly bob: Party;
  readonly carol: Party;
  /** What stands between them; nothing at first. */
  box: Box | undefined;
  readonly #memory: MemoryNetwork;
  readonly #network: DatagramNetwork;

  constructor(weather: Weather) {
    this.random = seededRandom(weather.seed * 31 + 7);
    this.#memory = memoryNetwork({ ...weather, clock: this.clock });
    this.#network = { bind: (address, sink) => this.#bind(address, sink) };
    this.#memory.observe(({ atMs, from, to, bytes, lost }) => {
      const message = parseMessage(bytes);
      this.rungs.push({ atMs, from, to, lost, message: message.ok ? message.value : undefined });
    });
    const party = (name: string, number: number): Party =>
      new Party(name, `10.0.0.${number}`, {
        clock: this.clock,
        network: this.#network,
        seed: weather.seed * 7919 + number,
      });
    this.alice = party("alice", 1);
    this.bob = party("bob", 2);
    this.carol = party("carol", 3);
  }

  get parties(): readonly Party[] {
    return [this.alice, this.bob, this.carol];
  }

  /** Lets time go on. */
  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time go on until something is so; gives up after a while, as the other side may have. */
  async until(isSo: () => boolean, longestMs = 40_000): Promise<boolean> {
    for (let ms = 0; ms < longestMs && !isSo(); ms += alongsideMs) await this.pass(alongsideMs);
    return isSo();
  }

  /** Loses what goes from one party to another until the returned function heals it. */
  cut(from: Party, to: Party, how?: "silent" | "told"): () => void {
    const [one, other] = [from.address.address, to.address.address];
    return this.#memory.partition((sender, receiver) => sender.address === one && receiver.address === other, how);
  }

  /** Cuts both ways. */
  part(one: Party, other: Party): () => void {
    const heals = [this.cut(one, other), this.cut(other, one)];
    return () => {
      for (const heal of heals) heal();
    };
  }

  /** A proxy that rings all of them. */
  async proxyFor(...targets: readonly Party[]): Promise<ForkingProxy> {
    const proxy = new ForkingProxy(targets);
    await proxy.start(this.#network);
    return proxy;
  }

  /** Connects Alice and Bob by a WebSocket; her flow to him, and how it breaks. */
  connect(): { readonly flow: Flow; readonly drop: () => void } {
    const [hers, his] = memoryWebSocketPair(this.clock);
    const [here, there] = [
      { address: "10.0.0.1", port: 40_000 },
      { address: "10.0.0.2", port: 443 },
    ];
    const flow = this.alice.webSockets.adopt(hers, { local: here, remote: there });
    this.bob.webSockets.adopt(his, { local: there, remote: here });
    return { flow, drop: () => hers.close(1001, "gone") };
  }

  /** Alice calls Bob, who answers: her leg and, where the network let it come about, his. */
  async talking(): Promise<{ readonly hers: Leg; readonly his: Leg | undefined }> {
    const hers = this.alice.dial(this.bob);
    await this.until(() => hers.isAnswered);
    await this.pass(200);
    return { hers, his: this.bob.taken[0]?.leg };
  }

  /** Bob rings and does nothing more. */
  ringing(): Leg {
    this.bob.manner = (call) => call.ring(180);
    return this.alice.dial(this.bob);
  }

  async start(): Promise<void> {
    for (const party of this.parties) await party.start();
  }

  async close(): Promise<void> {
    for (const { agent } of this.parties) await agent.close();
  }

  async #bind(address: Address, sink: Parameters<DatagramNetwork["bind"]>[1]) {
    const socket = await this.#memory.bind(address, sink);
    const send = (bytes: Uint8Array, to: Address): void => {
      if (this.box === undefined) socket.send(bytes, to);
      else socket.send(Buffer.from(this.box(Buffer.from(bytes).toString("latin1"), socket.local, to), "latin1"), to);
    };
    return { local: socket.local, send, close: () => socket.close() };
  }
}
