import { KeyedBrowser, type SrtpProfile } from "../../../packages/media-relay/test/keyed-browser.ts";
import type { RelayProcess } from "./relay-process.ts";
import type { Address } from "./requests.ts";
import { clearPackets, type Stream } from "./streams.ts";

/** Between whom calls are: two plain peers, or a browser with one way of SRTP and a plain peer. */
export type CallKind = "plain" | SrtpProfile;

/** The peers of call number `call`: RTP on even ports. */
const peersOf = ({ network }: RelayProcess, call: number): { readonly a: Address; readonly b: Address } => ({
  a: { address: `${network}.2`, port: 30_000 + 2 * call },
  b: { address: `${network}.3`, port: 30_000 + 2 * call },
});

/** Calls that are being set up at the same time. */
const atOnce = 10;

/** Sets up `count` calls through a relay and prepares `packets` packets for each side of each. */
export async function setUpCalls(
  relay: RelayProcess,
  kind: CallKind,
  count: number,
  packets: number,
): Promise<readonly Stream[]> {
  const calls = await inBatches(count, (call) =>
    kind === "plain" ? plainCall(relay, call) : browserCall(relay, kind, call),
  );
  const streams = calls.flatMap(({ streamsOf }) => streamsOf(packets));
  // The last thing: a port that a browser gives away could be given to the next browser, and nobody answers for consent any more.
  await Promise.all(calls.map(({ handOver }) => handOver()));
  return streams;
}

async function inBatches<T>(count: number, make: (call: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const length = Math.min(atOnce, count - first);
    made.push(...(await Promise.all(Array.from({ length }, (_, at) => make(first + at)))));
  }
  return made;
}

/** A call that is up. */
type Call = {
  /** Its two sides lie side by side: stream 2n hears 2n + 1 and the other way round. */
  streamsOf(packets: number): readonly [Stream, Stream];
  /** Leaves the browser's port to the generator of load. */
  handOver(): Promise<void>;
};

async function plainCall(relay: RelayProcess, call: number): Promise<Call> {
  const peers = peersOf(relay, call);
  const { a, b } = await relay.ask("plainCall", peers);
  return {
    streamsOf: (packets) => [
      { local: peers.a, remote: a, hears: 2 * call + 1, packets: clearPackets(2 * call, packets) },
      { local: peers.b, remote: b, hears: 2 * call, packets: clearPackets(2 * call + 1, packets) },
    ],
    handOver: async () => {},
  };
}

async function browserCall(relay: RelayProcess, profile: SrtpProfile, call: number): Promise<Call> {
  const browser = new KeyedBrowser(profile);
  const peer = peersOf(relay, call).b;
  const { b } = await connect(relay, browser, peer);
  const { local, remote, ssrc, protect, unprotect } = browser;
  return {
    streamsOf: (packets) => [
      { local, remote, hears: 2 * call + 1, unprotect, packets: clearPackets(2 * call, packets, ssrc).map(protect) },
      { local: peer, remote: b, hears: 2 * call, packets: clearPackets(2 * call + 1, packets) },
    ],
    handOver: () => browser.handOver(),
  };
}

/** A browser calls through the relay; both sides are connected when this resolves. */
export async function connect(
  relay: RelayProcess,
  browser: KeyedBrowser,
  peer: Address,
): Promise<{ readonly call: string; readonly b: Address }> {
  const offer = await browser.offer();
  const { call, answer, b } = await relay.ask("browserCall", { offer, b: peer });
  await browser.accept(answer);
  await Promise.all([browser.connected(), relay.ask("connected", { call })]);
  return { call, b };
}
