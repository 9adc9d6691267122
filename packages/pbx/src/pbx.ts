import { type Announcement, browserOfferFault, type MediaRelay } from "@trunkline/media-relay";
import type {
  Address,
  AdoptedFlow,
  Clock,
  DatagramNetwork,
  RandomBytes,
  WebSocketTransport,
  WireEvent,
  WireObserver,
} from "@trunkline/sip-stack";
import { wantedReceiveBufferBytes } from "@trunkline/sip-stack";
import { Lingering } from "./call/lingering.ts";
import { CallRegistry } from "./call/registry.ts";
import type { CallServices } from "./call/services.ts";
import type { Config } from "./config/config.ts";
import { LiveConfig } from "./config/live.ts";
import { formatHostPort } from "./domain/address.ts";
import { asCallId } from "./domain/names.ts";
import { Minutes } from "./guard/minutes.ts";
import { Pace } from "./guard/pace.ts";
import { deviceVerifier } from "./identity/device-verifier.ts";
import { identify } from "./identity/identify.ts";
import { originsOf } from "./identity/origin.ts";
import type { IngressContext } from "./ingress/context.ts";
import { ingress } from "./ingress/ingress.ts";
import { type Line, makeLine } from "./ingress/line.ts";
import { placeReturn, placeTransfer, refusalOfJoin } from "./ingress/refer.ts";
import { ending } from "./kernel/ending.ts";
import { messageOf, PbxError } from "./kernel/errors.ts";
import { type Journal, journalInto } from "./kernel/journal.ts";
import { newSessionId, randomName } from "./kernel/names.ts";
import { steadyWallClock, type WallClock } from "./kernel/time.ts";
import { browserMediaLeg } from "./media/browser.ts";
import { latchOfPhone, latchOfTrunk } from "./media/latch.ts";
import { plainMediaLeg, plainOfferFault } from "./media/plain.ts";
import { kernelDrops } from "./ops/kernel-drops.ts";
import { type Log, logJournal } from "./ops/log.ts";
import { Metrics } from "./ops/metrics.ts";
import type { OwnCallRecord, PbxOperations, ReloadReport } from "./ops/operations.ts";
import { Refusals } from "./ops/refusals.ts";
import { operationsOf, recordOfOwn } from "./ops/report.ts";
import { mayStay } from "./registrar/may-stay.ts";
import { Registrar } from "./registrar/registrar.ts";
import type { Bindings } from "./store/bindings.ts";
import type { Budgets } from "./store/budgets.ts";
import type { History } from "./store/history.ts";
import { Trace } from "./trace/trace.ts";
import type { Resolve } from "./trunk/resolve.ts";
import { Trunk } from "./trunk/trunk.ts";

/** Everything that the PBX does not make itself: time, randomness, the network, the relay, stores. */
export type PbxParts = {
  readonly relay: MediaRelay;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  readonly network: DatagramNetwork;
  readonly resolve: Resolve;
  readonly bindings: Bindings;
  /** What this server calls itself in bindings, the same after every start. */
  readonly node: string;
  readonly history: History;
  readonly budgets: Budgets;
  /** What callers hear whom nobody answers. */
  readonly announcement: Announcement;
  readonly log: Log;
  readonly version: string;
  readonly mode: "loopback" | "trunk";
  /** Sees every SIP message, beside the trace. */
  readonly observer?: WireObserver;
};

/** A running PBX without its doors for people: HTTP and administration are put around it. */
export interface Pbx {
  readonly operations: PbxOperations;
  readonly metrics: Metrics;
  /** Where SIP over UDP is bound. */
  readonly sipAddress: Address;
  /** Takes over a WebSocket; its `principal` is the signed-in user whose it is. */
  readonly adopt: WebSocketTransport["adopt"];
  /** The configuration that holds now. */
  readonly config: Config;
  /**
   * Takes a WebSocket from its user: nobody is rung over it, and only what belongs to calls that are up is taken from it.
   * Those of a user who was `signed out` end with words; those of one who is `gone` go on.
   * @returns resolves when no call speaks over it any more
   */
  release(flow: AdoptedFlow, why: "signed out" | "gone"): Promise<void>;
  /** A user's own last calls, newest first. */
  history(user: string, limit: number): Promise<readonly OwnCallRecord[]>;
  /** Counts and logs what was refused at another door. */
  refused(what: string, source: string, why: string): void;
  /** Where people reach it, which `servesHttpAt` has said. */
  readonly httpUrl: string;
  servesHttpAt(url: string): void;
  /** Takes new users, numbers and rules; calls that are up go on. */
  reload(config: Config): Promise<ReloadReport>;
  /** Refuses new calls and waits until those that are up are over, for `limitMs` at most, or until `hurry` is aborted. */
  drain(limitMs: number, hurry?: AbortSignal): Promise<void>;
  /** Refuses new calls, ends those that are up, closes SIP. The relay and the stores are the caller's to close. */
  close(): Promise<void>;
}

/** How long closing waits for the other sides to confirm their calls' ends. */
const goodbyeTimeoutMs = 3000;

/**
 * Opens a PBX, its objects made in the order of the layers: SIP is bound when this resolves, and the trunk is being
 * asked for a sign of life. @throws PbxError BIND_FAILED
 */
export async function openPbx(config: Config, parts: PbxParts): Promise<Pbx> {
  const watch = makeWatch(parts);
  const live = new LiveConfig(config);
  const verifier = deviceVerifier({ ...parts, users: () => live.current.users, onRefused: watch.refused });
  const line = makeLine(config.sip, {
    ...parts,
    config: () => live.current,
    lingers: (flow) => lingering.admits(flow),
    observer: watch.observer,
    user: {
      ...ingress(() => context),
      onAstray: (method, flow, why) => watch.refused(method, formatHostPort(flow.remote), why),
    },
    verifier,
  });
  const trunk = makeTrunk(config, parts, line);
  const registrar = new Registrar({ ...parts, wallClock: steadyWallClock(parts.wallClock, parts.clock) });
  const calls = new CallRegistry(parts.clock);
  const lingering = new Lingering(calls);
  const minutes = new Minutes({
    ...parts,
    minutesPerDay: () => live.current.calling.minutesPerUserPerDay,
  });
  const metrics = new Metrics();
  const services = makeServices(config, parts, line, watch.journal, {
    originOf: originsOf({ config: () => live.current, verifier, onRefused: watch.refused }),
    calls,
    minutes,
    metrics,
    context: () => context,
  });
  const context: IngressContext = {
    get config() {
      return live.current;
    },
    registrar,
    trunk,
    calls,
    services,
    pace: new Pace(parts.clock),
    minutes,
    shownAddresses: () => line.shownAddresses(),
    newCallId: () => asCallId(randomName(parts.random)),
    announcement: parts.announcement,
  };
  const kept = await registrar.keepOnly((binding) => mayStay(binding, config));
  await listen(line, config);
  for (const { source } of kept) if (source.transport === "udp") line.agent.vouch(source);
  noteReceiveBuffer(line, parts.log);
  // Nobody waits for DNS: people inside can call each other meanwhile.
  void trunk.start();
  const noteLingering = (): void => lingering.note((flow) => identify(flow, live.current).kind === "stranger");
  let httpUrl = "";
  const listening = () => ({ sip: formatHostPort(line.address()), http: httpUrl });
  return {
    operations: operationsOf({
      ...parts,
      ...context,
      ...watch,
      host: config.trunk.host,
      agent: line.agent,
      startedAtMs: parts.wallClock(),
      kernelDrops: () => kernelDrops(line.address()),
      listening,
    }),
    metrics,
    sipAddress: line.address(),
    adopt: line.adopt,
    get config() {
      return live.current;
    },
    release: async (flow, why) => {
      flow.disown();
      noteLingering();
      await registrar.flowClosed(flow);
      if (why === "signed out") for (const call of calls.all) call.signedOut(flow);
      await calls.gone(({ legs }) => legs.some(({ sip }) => sip.flow === flow));
    },
    history: async (user, limit) => (await parts.history.latest({ limit, user })).map(recordOfOwn),
    refused: watch.refused,
    get httpUrl() {
      return httpUrl;
    },
    servesHttpAt: (url) => {
      httpUrl = url;
    },
    reload: async (next) => {
      const before = live.current;
      const restart = live.take(next);
      const { tls } = live.current.sip;
      if (tls !== undefined) line.renewCertificate(tls);
      if (tls?.certificate !== before.sip.tls?.certificate) parts.log.info("certificate-renewed");
      noteLingering();
      line.agent.closeRefused();
      await registrar.keepOnly((binding) => mayStay(binding, live.current, before));
      return { users: next.users.size, numbers: next.numbers.size, restart };
    },
    drain: (limitMs, hurry) => {
      calls.refuseNew();
      return calls.emptied(limitMs, hurry);
    },
    close: async () => {
      trunk.close();
      calls.refuseNew();
      calls.stopAll(ending("shutting-down"));
      await calls.emptied(goodbyeTimeoutMs);
      await line.agent.close();
    },
  };
}

const maxMethod = 32;

/** What a message that was not read asks for, by its first word. */
const methodIn = (bytes: Uint8Array): string =>
  /^[A-Z]{1,32}(?= sips?:)/.exec(Buffer.from(bytes.subarray(0, maxMethod)).toString("latin1"))?.[0] ?? "a message";

/** What looks on: the trace, the log, the counts of what was refused. */
function makeWatch({ log, observer, clock, wallClock }: PbxParts) {
  const trace = new Trace(wallClock);
  const refusals = new Refusals(wallClock);
  const journal = journalInto(trace, logJournal(log, clock));
  const refused = (what: string, source: string, why: string): void => {
    refusals.add(what, source, why);
    journal.record({ kind: "refused", what, source, why });
  };
  const onWire = (event: WireEvent): void => {
    trace.onWire(event);
    observer?.onWire(event);
    const { message, flow, outcome } = event;
    if (!outcome.startsWith("refused: ")) return;
    refused(
      message?.kind === "request" ? message.method.slice(0, maxMethod) : methodIn(event.bytes),
      formatHostPort(flow.remote),
      outcome.slice("refused: ".length),
    );
  };
  return { journal, refusals, refused, trace, observer: { onWire } };
}

function makeTrunk(config: Config, { resolve, clock, log }: PbxParts, { agent }: Line): Trunk {
  return new Trunk({
    config: config.trunk,
    agent,
    resolve,
    clock,
    publicAddress: config.sip.publicAddress,
    onHealth: (what, healthy, why) =>
      healthy ? log.info({ what, why }, "trunk-up") : log.warn({ what, why }, "trunk-down"),
    onOutside: (addresses) =>
      addresses.length === 0
        ? log.info({ host: config.trunk.host }, "every address of the trunk's name lies in trunk.allow")
        : log.warn(
            { host: config.trunk.host, addresses },
            "the trunk's name has addresses outside trunk.allow, which are not called; add their network to trunk.allow",
          ),
    onSeenElsewhere: (address) =>
      log.warn(
        { seenAs: address, publicAddress: config.sip.publicAddress },
        "the trunk sees us at another address than sip.publicAddress: calls and audio sent there will not arrive",
      ),
  });
}

function makeServices(
  config: Config,
  parts: PbxParts,
  { agent }: Line,
  journal: Journal,
  {
    originOf,
    calls,
    minutes,
    metrics,
    context,
  }: {
    readonly originOf: CallServices["originOf"];
    readonly calls: CallRegistry;
    readonly minutes: Minutes;
    readonly metrics: Metrics;
    readonly context: () => IngressContext;
  },
): CallServices {
  const addresses = { bind: config.sip.udp.address, shown: config.sip.publicAddress };
  const sessionId = (): string => newSessionId(parts.random);
  return {
    agent,
    journal,
    clock: parts.clock,
    wallClock: parts.wallClock,
    publicAddress: config.sip.publicAddress,
    holdMs: config.calling.maxHoldMinutes * 60_000,
    signalsHold: config.trunk.hold === "signalled",
    originOf,
    openSession: (user) => parts.relay.open(user),
    splice: (a, b) => parts.relay.splice(a, b),
    placeTransfer: (transfer, target) => placeTransfer(transfer, target, context()),
    refusalOfJoin: (transfer, target) => refusalOfJoin(transfer, target, context()),
    placeReturn: (user) => placeReturn(user, context()),
    legNamed: (replaces) => calls.legNamed(replaces),
    mediaLeg: (session, peer) => {
      if (peer.kind === "browser") return browserMediaLeg(session);
      const ofTrunk = {
        encrypted: config.trunk.srtp,
        signalling: peer.address,
        ...latchOfTrunk(config.trunk.allow),
      };
      const own = peer.kind === "phone" ? { encrypted: peer.encrypted, ...latchOfPhone(peer.address) } : ofTrunk;
      return plainMediaLeg(session, { ...addresses, sessionId: sessionId(), ...own });
    },
    offerFault: (peer, offer) => {
      if (peer.kind === "browser") return browserOfferFault(offer);
      return plainOfferFault(offer, peer.kind === "phone" ? peer.encrypted : config.trunk.srtp);
    },
    chargeMinutes: (user, call) => minutes.charge(user, call),
    onProgress: (record) => void parts.history.note(record),
    onOver: (record) => {
      calls.remove(asCallId(record.id));
      metrics.onOver(record);
      void parts.history.add(record);
    },
  };
}

/** A small buffer loses calls whenever the server is busy for a moment: who runs the host can give a larger one. */
function noteReceiveBuffer({ receiveBufferBytes }: Line, log: Log): void {
  const givenBytes = receiveBufferBytes();
  if (givenBytes === undefined || givenBytes >= wantedReceiveBufferBytes) return;
  const hint = `Set it: sysctl -w net.core.rmem_max=${wantedReceiveBufferBytes}`;
  log.warn({ givenBytes, wantedBytes: wantedReceiveBufferBytes, hint }, "receive-buffer-small");
}

async function listen({ agent }: Line, { sip }: Config): Promise<void> {
  try {
    await agent.listen();
  } catch (error) {
    const where = formatHostPort(sip.udp);
    const hint =
      "Is Trunkline running already? Stop it, or choose another port (--sip-port, or sip.udp in the configuration).";
    throw new PbxError("BIND_FAILED", `SIP cannot be bound to ${where}: ${messageOf(error)}. ${hint}`, {
      cause: error,
    });
  }
}
