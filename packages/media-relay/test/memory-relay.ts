import type { MediaRelay, PlainLeg, RelayOptions, SessionUser } from "../src/index.ts";
import { relayInProcess } from "../src/index.ts";
import { FakeClock, MemoryNetwork, RtpPeer, seededRandom, type Weather } from "../src/testing/index.ts";

/** What a session reported, in order. */
export type Told = { readonly event: string; readonly leg: string; readonly what?: unknown }[];

export const listening = (told: Told): SessionUser => ({
  onConnected: (leg) => told.push({ event: "connected", leg }),
  onFailed: (leg, why) => told.push({ event: "failed", leg, what: why }),
  onDigit: (leg, digit, durationMs) => told.push({ event: "digit", leg, what: [digit, durationMs] }),
  onPlayed: (leg) => told.push({ event: "played", leg }),
  onHeard: (leg) => told.push({ event: "heard", leg }),
  onSilence: (leg, silent) => told.push({ event: "silence", leg, what: silent }),
  onSilenceLimit: (leg, silent) => told.push({ event: "silence-limit", leg, what: silent }),
});

/** What differs from test to test. `weather`: how the network treats what is sent, decided by its seed. */
type Circumstances = Pick<RelayOptions, "silence" | "concealment"> & {
  readonly maxLegsPerSession?: number;
  readonly lastPort?: number;
  readonly weather?: Omit<Weather, "clock">;
};

/** A relay over a memory network with a clock that a test advances. */
export function memoryRelay(options: Circumstances = {}) {
  const clock = new FakeClock();
  const network = new MemoryNetwork(options.weather && { ...options.weather, clock });
  const relay: MediaRelay = relayInProcess({
    plain: { bind: "10.0.0.1", ports: [10_000, options.lastPort ?? 10_099] },
    browser: { hosts: ["10.0.0.1"], ports: [20_000, 20_099] },
    ...(options.silence !== undefined && { silence: options.silence }),
    ...(options.concealment !== undefined && { concealment: options.concealment }),
    ...(options.maxLegsPerSession !== undefined && { limits: { maxLegsPerSession: options.maxLegsPerSession } }),
    clock,
    network,
    random: seededRandom(1),
  });
  return { clock, network, relay };
}

/** A peer and a leg that talk to each other. */
export async function connected(network: MemoryNetwork, leg: PlainLeg, address: string): Promise<RtpPeer> {
  const peer = await RtpPeer.bind(network, address);
  peer.aim(leg.local);
  await leg.connect(peer.remote());
  return peer;
}

/** Frames of 160 octets that all differ. */
export const frames = (count: number, seed = 7): readonly Uint8Array[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random(160));
};

/** Two plain legs joined, and their peers. */
export async function joinedPair(told: Told = [], options: Circumstances & { readonly user?: SessionUser } = {}) {
  const { clock, network, relay } = memoryRelay(options);
  const session = await relay.open({ ...listening(told), ...options.user });
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const [alice, bob] = [await connected(network, a, "10.1.0.1"), await connected(network, b, "10.1.0.2")];
  await session.join(a.id, b.id);
  bob.ssrc = 0x2222_2222;
  return { clock, network, relay, session, a, b, alice, bob };
}
