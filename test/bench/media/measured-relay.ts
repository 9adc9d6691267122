import { type LegId, type MediaSession, type PlainRemote, relayOnWorkers } from "@trunkline/media-relay";
import { type Address, ownUsage, serve } from "./requests.ts";

/** The relay that is measured, as a server has it: on one media worker. */
const [local = "127.0.0.1"] = process.argv.slice(2);
const relay = await relayOnWorkers({
  plain: { bind: local, ports: [10_000, 19_999] },
  browser: { hosts: [local], ports: [20_000, 29_999] },
  workers: 1,
  onWorkerGone: (cause) => console.error(cause),
  onFault: (cause) => console.error(cause),
});

const calls = new Map<string, { readonly session: MediaSession; readonly connected: Promise<null> }>();
const types = { pcmu: 0, telephoneEvent: 101 };
const peerAt = ({ address, port }: Address): PlainRemote => ({
  address,
  rtpPort: port,
  rtcpPort: port + 1,
  send: types,
  receive: types,
  direction: "sendrecv",
});

async function open(): Promise<MediaSession> {
  const { promise: connected, resolve, reject } = Promise.withResolvers<null>();
  connected.catch(() => {});
  const session = await relay.open({
    onConnected: () => resolve(null),
    onFailed: (_leg, why) => reject(new Error(why)),
  });
  calls.set(session.id, { session, connected });
  return session;
}

async function plainLeg(session: MediaSession, peer: Address): Promise<{ readonly id: LegId; readonly at: Address }> {
  const leg = await session.plainLeg();
  await leg.connect(peerAt(peer));
  return { id: leg.id, at: { address: leg.local.address, port: leg.local.rtpPort } };
}

async function close(call: string): Promise<void> {
  await calls.get(call)?.session.close();
  calls.delete(call);
}

serve(
  {
    plainCall: async (peers) => {
      const session = await open();
      const [a, b] = [await plainLeg(session, peers.a), await plainLeg(session, peers.b)];
      await session.join(a.id, b.id);
      return { call: session.id, a: a.at, b: b.at };
    },
    browserCall: async (ask) => {
      const session = await open();
      const [browser, b] = [await session.browserLeg(), await plainLeg(session, ask.b)];
      const answer = await browser.answer(ask.offer);
      await session.join(browser.id, b.id);
      return { call: session.id, answer, b: b.at };
    },
    connected: async ({ call }) => calls.get(call)?.connected ?? null,
    close: async ({ call }) => {
      await Promise.all((call === undefined ? [...calls.keys()] : [call]).map(close));
      return null;
    },
    usage: async () => ({ ...ownUsage(), refused: (await relay.counters()).refused }),
  },
  () => relay.close(),
);
