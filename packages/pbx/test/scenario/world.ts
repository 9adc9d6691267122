import { type Announcement, type MediaRelay, pcmuAnnouncement, relayInProcess } from "@trunkline/media-relay";
import type { WireEvent } from "@trunkline/sip-stack";
import { FakeClock, type MemoryNetwork, memoryNetwork, seededRandom } from "@trunkline/sip-stack/testing";
import { pino } from "pino";
import { readConfig } from "../../src/config/read.ts";
import { openPbx, type Pbx } from "../../src/pbx.ts";
import { type Simulator, simulator } from "../../src/simulator/simulator.ts";
import type { Bindings } from "../../src/store/bindings.ts";
import type { Budgets } from "../../src/store/budgets.ts";
import { memoryBindings, memoryBudgets, memoryHistory } from "../../src/store/memory.ts";
import { Handset } from "./handset.ts";
import { Phone, type PhoneOptions } from "./phone.ts";

/** How the network of a world treats datagrams. */
export type Weather = {
  readonly seed: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly delayMs: number;
};

const pbxAddress = { address: "198.51.100.204", port: 5060 };
/** Where the Voice Connector is; the second and third address are there for those who are told of them. */
const connectorAddresses = [
  { address: "3.80.16.13", port: 5060 },
  { address: "3.80.16.14", port: 5060 },
  { address: "3.80.16.15", port: 5060 },
] as const;
export const ownNumber = "+12025550100";
/** Its callers hear a recording when nobody answers. */
export const announcingNumber = "+12025550101";
/** It rings a handset. */
export const annsNumber = "+12025550102";
/** A second of sound in which no frame is like another. */
export const announcement: Announcement = pcmuAnnouncement(seededRandom(1)(8000));

/** The usual configuration. */
export const configText = `version: 1
calling: { maxMinutes: 2, minutesPerUserPerDay: 3 }
sip: { udp: "198.51.100.204:5060" }
trunk: { host: 3.80.16.13, allow: [us-east-1], optionsSeconds: 3600 }
numbers:
  "${ownNumber}": { ring: [desk, lab], ringSeconds: 20, unanswered: reject }
  "${announcingNumber}": { ring: [desk], ringSeconds: 5 }
  "${annsNumber}": { ring: [ann], ringSeconds: 20, unanswered: reject }
users:
  desk: { name: Desk, callerId: "${ownNumber}", contact: "sip:10.1.0.1:5060" }
  lab: { name: Lab, extension: "102", callerId: "${ownNumber}", contact: "sip:10.1.0.2:5060" }
  ann: { name: Ann, extension: "111", callerId: "${ownNumber}", contact: "sip:10.2.0.1:5060" }
  ben: { name: Ben, extension: "212", callerId: "${ownNumber}", contact: "sip:10.2.0.2:5060" }
  cy: { name: Cy, extension: "113", callerId: "${ownNumber}", contact: "sip:10.2.0.3:5060" }
`;

/** A PBX, a Voice Connector and two phones on one simulated network, on one fake clock. */
export type World = {
  readonly clock: FakeClock;
  /** Sets the machine's clock forward or back. */
  jump(ms: number): void;
  readonly network: MemoryNetwork;
  readonly pbx: Pbx;
  readonly budgets: Budgets;
  readonly relay: MediaRelay;
  readonly connector: Simulator;
  readonly desk: Phone;
  readonly lab: Phone;
  readonly ann: Handset;
  readonly ben: Handset;
  readonly cy: Handset;
  /** All of them, by their addresses. */
  readonly handsets: ReadonlyMap<string, Handset>;
  /** One more handset; at one of the connector's addresses it is the trunk, where that is not there. */
  handsetAt(address: string): Promise<Handset>;
  /** One more phone, somewhere. */
  phoneAt(address: string, options?: PhoneOptions): Promise<Phone>;
  readonly wire: readonly WireEvent[];
  /** What a story has found out on its way, for its check. */
  readonly noted: unknown[];
  /** How many requests of a method have left towards the trunk, each counted once. */
  sentToTrunk(method: string): number;
  /** The payloads of sound that went to the trunk, one after the other. */
  readonly soundToTrunk: readonly Buffer[];
  close(): Promise<void>;
};

/** What differs between worlds beside their weather. */
type Surroundings = {
  readonly connected?: boolean;
  readonly addresses?: readonly string[];
  /** The configuration file, where it is not the usual one. */
  readonly config?: string;
  readonly bindings?: Bindings;
  /** How many legs the server has ports for. */
  readonly room?: number;
};

/** Makes a world; the same weather makes the same world. `connected` false: nothing is at the trunk's address. */
export async function makeWorld(weather: Weather, surroundings: Surroundings = {}): Promise<World> {
  const { connected = true, addresses, config = configText, bindings = memoryBindings(), room = 500 } = surroundings;
  const clock = new FakeClock();
  const network = memoryNetwork({ clock, ...weather });
  const wire: WireEvent[] = [];
  const random = seededRandom(weather.seed + 1);
  const { silenceSeconds } = worldConfig(config).media;
  const makeRelay = (bind: string, browserPort: number, legs = 500): MediaRelay =>
    relayInProcess({
      plain: { bind, ports: [10_000, 10_000 + 2 * legs - 1] },
      browser: { hosts: [], ports: [browserPort, browserPort + 9] },
      silence: { beforeFirstPacketSeconds: silenceSeconds, inTalkSeconds: silenceSeconds },
      clock,
      network,
      random,
    });
  let jumpedMs = 0;
  const jump = (ms: number): void => {
    jumpedMs += ms;
  };
  const soundToTrunk: Buffer[] = [];
  network.observe(({ from, to, bytes }) => {
    const isSound = from.address === pbxAddress.address && from.port >= 10_000 && from.port % 2 === 0;
    if (isSound && to.address.startsWith("3.80.16.")) soundToTrunk.push(Buffer.from(bytes.subarray(12)));
  });
  const relay = makeRelay(pbxAddress.address, 20_000, room);
  const farRelay = makeRelay(connectorAddresses[0].address, 21_000);
  const connector = simulator({
    binds: connectorAddresses,
    announcement,
    target: pbxAddress,
    owned: [ownNumber],
    relay: farRelay,
    network,
    clock,
    random,
  });
  if (connected) await connector.listen();
  const budgets = memoryBudgets();
  const pbx = await openPbx(worldConfig(config), {
    relay,
    clock,
    network,
    random,
    wallClock: () => Date.UTC(2030, 0) + clock.nowMs() + jumpedMs,
    resolve: async ({ host }) => ({
      addresses: (addresses ?? [host]).map((address) => ({ address, port: 5060 })),
      keepMs: 3_600_000,
    }),
    bindings,
    node: "n1",
    history: memoryHistory(),
    budgets,
    announcement,
    log: pino({ level: "silent" }),
    version: "0.0.0",
    mode: "loopback",
    observer: { onWire: (event) => wire.push(event) },
  });
  const sentToTrunk = (method: string): number =>
    wire.filter(
      ({ direction, flow, message }) =>
        direction === "out" &&
        flow.remote.address.startsWith("3.80.16.") &&
        message?.kind === "request" &&
        message.method === method,
    ).length;
  const phones: Phone[] = [];
  const handsets = new Map<string, Handset>();
  const handsetAt = async (address: string): Promise<Handset> => {
    const handset = new Handset(address, pbxAddress, { clock, network, random });
    handsets.set(address, handset);
    await handset.open();
    return handset;
  };
  const phoneAt = async (address: string, options?: PhoneOptions): Promise<Phone> => {
    const phone = new Phone(address, pbxAddress, { clock, network, random }, options);
    phones.push(phone);
    await phone.open();
    return phone;
  };
  const [desk, lab] = await Promise.all([phoneAt("10.1.0.1"), phoneAt("10.1.0.2")]);
  const [ann, ben, cy] = await Promise.all([handsetAt("10.2.0.1"), handsetAt("10.2.0.2"), handsetAt("10.2.0.3")]);
  const close = async (): Promise<void> => {
    for (const part of [...phones, ...handsets.values(), pbx, connector, relay, farRelay])
      await alongside(clock, part.close());
  };
  return {
    clock,
    jump,
    network,
    pbx,
    budgets,
    relay,
    connector,
    desk,
    lab,
    ann,
    ben,
    cy,
    handsets,
    handsetAt,
    phoneAt,
    wire,
    noted: [],
    sentToTrunk,
    soundToTrunk,
    close,
  };
}

/** A configuration of a world; the text is the whole file. */
export function worldConfig(text = configText) {
  const read = readConfig(text, "world.yaml");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.config;
}

/** Lets time go on until something that waits for it is done. */
export async function alongside<T>(clock: FakeClock, waiting: Promise<T>): Promise<T> {
  let done = false;
  const finished = waiting.finally(() => {
    done = true;
  });
  for (let seconds = 0; !done && seconds < 120; seconds++) await clock.advance(1000);
  return finished;
}
