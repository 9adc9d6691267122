import type { MediaRelay } from "@trunkline/media-relay";
import type { UserAgent } from "@trunkline/sip-stack";
import type { Call } from "../call/call.ts";
import type { CallRegistry } from "../call/registry.ts";
import { formatHostPort } from "../domain/address.ts";
import { asCallId } from "../domain/names.ts";
import { partyName } from "../domain/party.ts";
import { ending } from "../kernel/ending.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Registrar } from "../registrar/registrar.ts";
import type { Binding } from "../store/bindings.ts";
import type { History, CallRecord as StoredRecord } from "../store/history.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type {
  CallRecord,
  CallView,
  LegRecordView,
  OwnCallRecord,
  PbxOperations,
  RegistrationView,
  StatusReport,
  TraceView,
  TrunkView,
} from "./operations.ts";
import type { Refusals } from "./refusals.ts";

/** One message on the wire, its time as wall time in ms. */
type TracedMessage = Omit<TraceView, "at"> & { readonly wallMs: number };

/** Who remembers what was on the wire. */
type TraceSource = {
  readonly dropped: number;
  ladder(call: string): string | undefined;
  messages(query: { readonly call?: string; readonly limit: number }): readonly TracedMessage[] | undefined;
  follow(call: string | undefined, hear: (message: TracedMessage) => void): () => void;
};

/** What the reports are made of. */
export type ReportSources = {
  readonly version: string;
  readonly mode: "loopback" | "trunk";
  readonly host: string;
  readonly startedAtMs: number;
  readonly wallClock: WallClock;
  readonly calls: CallRegistry;
  readonly registrar: Registrar;
  readonly trunk: Trunk;
  readonly history: History;
  readonly agent: Pick<UserAgent, "counters">;
  readonly relay: Pick<MediaRelay, "counters">;
  readonly refusals: Refusals;
  readonly trace: TraceSource;
  /** Datagrams of SIP that the kernel dropped; `undefined`: it does not say. */
  readonly kernelDrops: () => Promise<number | undefined>;
  readonly listening: () => { readonly sip: string; readonly http: string };
};

/** The operator's view of a running server. */
export function operationsOf(sources: ReportSources): PbxOperations {
  const { calls, registrar, history, trace, refusals } = sources;
  return {
    status: () => status(sources),
    calls: async () => calls.all.map(callView),
    call: async (id) => {
      const call = calls.get(asCallId(id));
      return call && callView(call);
    },
    hangUp: async (id) => {
      const call = calls.get(asCallId(id));
      call?.stop(ending("operator-ended"));
      return call !== undefined;
    },
    registrations: async () => (await registrar.all()).map(registrationView),
    history: async ({ since, until, ...query }) => {
      const times = { ...(since && { sinceMs: Date.parse(since) }), ...(until && { untilMs: Date.parse(until) }) };
      return (await history.latest({ ...query, ...times })).map(recordView);
    },
    record: async (id) => {
      const record = await history.get(id);
      return record && recordView(record);
    },
    trunk: async () => trunkView(sources),
    readiness: async () => obstacles(sources),
    ladder: async (id) => trace.ladder(id),
    trace: async (query) => trace.messages(query)?.map(traceView),
    follow: (call, hear) => trace.follow(call, (message) => hear(traceView(message))),
    refusals: async (limit) => refusals.latest(limit).map(({ atMs, ...refusal }) => ({ at: iso(atMs), ...refusal })),
  };
}

const traceView = ({ wallMs, ...message }: TracedMessage): TraceView => ({ at: iso(wallMs), ...message });

async function status(sources: ReportSources): Promise<StatusReport> {
  const {
    version,
    mode,
    wallClock,
    startedAtMs,
    calls,
    registrar,
    agent,
    relay,
    refusals,
    history,
    trace,
    listening,
    kernelDrops,
  } = sources;
  const media = await relay.counters();
  const sip = agent.counters();
  const dropped = await kernelDrops();
  return {
    version,
    mode,
    uptimeSeconds: Math.floor((wallClock() - startedAtMs) / 1000),
    calls: calls.size,
    draining: calls.draining,
    counters: {
      sip: { ...sip.live, ...numbersOf(sip.totals), ...(dropped !== undefined && { dropped }) },
      media: numbersOf(media),
      // What SIP refuses is seen at the wire too, mostly: under the same words it is counted once.
      refused: { ...media.refused, ...sip.totals.refused, ...refusals.counts },
      storage: { ...history.counters },
      trace: { dropped: trace.dropped },
    },
    listening: listening(),
    trunk: trunkView(sources),
    registrations: (await registrar.all()).length,
  };
}

/** Nothing is said of SIP and HTTP: they are bound before anybody can ask. */
const obstacles = ({ calls, trunk, host }: ReportSources): readonly string[] => [
  ...(calls.draining ? ["draining: no new calls are accepted"] : []),
  ...(trunk.targets.some(({ healthy }) => healthy === true) ? [] : [trunkObstacle(host, trunk)]),
];

const trunkObstacle = (host: string, { targets, outside }: Trunk): string =>
  targets.length === 0 && outside.length > 0
    ? `the trunk ${host} has no address in trunk.allow: add the network of ${outside.join(", ")}`
    : `the trunk ${host} does not answer OPTIONS`;

const numbersOf = (counters: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counters).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );

const trunkView = ({ host, trunk }: ReportSources): TrunkView => ({
  host,
  targets: trunk.targets.map((target) => ({ ...target, healthy: target.healthy === true })),
  outside: trunk.outside,
});

const iso = (ms: number): string => new Date(ms).toISOString();

function callView(call: Call): CallView {
  const { startedAtMs, answeredAtMs } = call.notes;
  const { id, direction, from, to } = call.setup;
  return {
    id,
    state: call.state,
    direction,
    from: partyName(from),
    to,
    startedAt: iso(startedAtMs),
    ...(answeredAtMs !== undefined && { answeredAt: iso(answeredAtMs) }),
    legs: call.legs.map(({ id: leg, party, sip }) => ({
      id: leg,
      party: partyName(party),
      state: sip.state,
      sipCallId: sip.callId,
    })),
  };
}

/** A record as its own people read it: nothing of the others' addresses. */
export function recordOfOwn(record: StoredRecord): OwnCallRecord {
  const { id, direction, from, to, startedAtMs, rungAtMs, answeredAtMs, answeredBy, endedAtMs, ending: why } = record;
  return {
    id,
    direction,
    from,
    to,
    startedAt: iso(startedAtMs),
    ...(rungAtMs !== undefined && { rungAt: iso(rungAtMs) }),
    ...(answeredAtMs !== undefined && { answeredAt: iso(answeredAtMs) }),
    ...(answeredBy !== undefined && { answeredBy }),
    endedAt: iso(endedAtMs),
    ending: why,
  };
}

/** A record as operators read it. */
const recordView = (record: StoredRecord): CallRecord => ({
  ...recordOfOwn(record),
  users: record.users,
  legs: record.legs.map(legRecordView),
  ...(record.leftOut !== undefined && { leftOut: record.leftOut }),
  changes: (record.changes ?? []).map(({ atMs, ...change }) => ({ at: iso(atMs), ...change })),
});

const legRecordView = ({
  startedAtMs,
  answeredAtMs,
  endedAtMs,
  ...leg
}: StoredRecord["legs"][number]): LegRecordView => ({
  ...leg,
  ...(startedAtMs !== undefined && { startedAt: iso(startedAtMs) }),
  ...(answeredAtMs !== undefined && { answeredAt: iso(answeredAtMs) }),
  ...(endedAtMs !== undefined && { endedAt: iso(endedAtMs) }),
});

function registrationView({ user, contact, source, expiresAtMs }: Binding): RegistrationView {
  const { transport } = source;
  return { user, contact, transport, remote: formatHostPort(source), expiresAt: iso(expiresAtMs) };
}
