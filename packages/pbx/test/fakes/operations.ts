import type {
  AccessOperations,
  CallRecord,
  CallView,
  Operations,
  StatusReport,
  TraceView,
  TrunkView,
} from "../../src/ops/operations.ts";

const trunk: TrunkView = {
  host: "abcdefghijklm.voiceconnector.example",
  targets: [
    { address: "192.0.2.10", port: 5060, healthy: true, roundTripMs: 12.4, lastStatus: 200 },
    { address: "192.0.2.11", port: 5060, healthy: false },
  ],
  outside: [],
};

const status: StatusReport = {
  version: "0.1.0",
  mode: "loopback",
  uptimeSeconds: 7384,
  calls: 1,
  draining: false,
  counters: {
    sip: { transactions: 2, dialogs: 0 },
    media: { sessions: 0 },
    refused: { stranger: 3 },
    storage: { waiting: 0 },
    trace: { dropped: 0 },
  },
  listening: { sip: "127.0.0.1:5060", http: "http://127.0.0.1:8080" },
  trunk,
  registrations: 1,
};

const call: CallView = {
  id: "c1",
  state: "talking",
  direction: "inbound",
  from: "+12025550123",
  to: "+16185558387",
  startedAt: "2026-11-23T09:05:07.123Z",
  answeredAt: "2026-11-23T09:05:12.000Z",
  legs: [{ id: "l1", party: "local", state: "confirmed", sipCallId: "abc@192.0.2.10" }],
};

const endedCall: CallRecord = {
  id: "c0",
  direction: "outbound",
  from: "local",
  to: "+12025550199",
  startedAt: "2026-11-23T08:00:00.000Z",
  rungAt: "2026-11-23T08:00:01.000Z",
  answeredAt: "2026-11-23T08:00:05.000Z",
  answeredBy: "b1",
  endedAt: "2026-11-23T08:01:10.000Z",
  ending: { code: "hung-up", words: "The call has ended.", sip: 200, q850: 16, by: "caller" },
  users: ["local"],
  legs: [
    {
      id: "a",
      party: "local",
      address: "ws 127.0.0.1:4",
      sipCallId: "abc",
      received: {
        ...{ packets: 3250, bytes: 559_000, lost: 2, late: 0, duplicated: 0, jitterMs: 3.4, longestGapMs: 60 },
        quality: { r: 92, mos: 4.38 },
      },
      sent: { packets: 3248, bytes: 558_656 },
      roundTripMs: 21.4,
    },
    { id: "b1", party: "+12025550199", address: "udp 192.0.2.10:5060", sipCallId: "def" },
  ],
  changes: [
    { at: "2026-11-23T08:00:30.000Z", kind: "takeover", by: "a", to: "c1" },
    { at: "2026-11-23T08:00:50.000Z", kind: "attended-transfer", by: "b1", to: "d1", call: "c7" },
  ],
};

const traced: TraceView = {
  at: "2026-11-23T09:05:07.123Z",
  direction: "in",
  transport: "udp",
  local: "127.0.0.1:5060",
  remote: "192.0.2.10:5060",
  outcome: "accepted",
  call: "c1",
  leg: "a",
  text: "INVITE sip:+16185558387@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n",
};

const session = {
  id: "s1",
  user: "alice",
  way: "passkey",
  browser: "Chrome on Linux",
  passkey: "p1",
  signedInAt: "2026-11-23T09:00:00.000Z",
  usedAt: "2026-11-23T09:05:00.000Z",
  expiresAt: "2027-02-21T09:00:00.000Z",
} as const;

const passkey = {
  id: "p1",
  user: "alice",
  browser: "Chrome on Linux",
  createdAt: "2026-11-22T09:00:00.000Z",
  usedAt: "2026-11-23T09:00:00.000Z",
};

/** Who may come into a server whose one user is alice. */
export const fakeAccess: AccessOperations = {
  invite: async (user) =>
    user === "alice"
      ? { user, url: "https://phone.example.com/#join=TOKEN", expiresAt: "2026-11-24T09:00:00.000Z" }
      : undefined,
  list: async () => ({ sessions: [session], passkeys: [passkey] }),
  revoke: async (id) => ({ sessions: id === "s1" || id === "p1" ? 1 : 0, passkeys: id === "p1" ? 1 : 0 }),
  revokeUser: async () => ({ sessions: 1, passkeys: 1 }),
};

/** Operations of a server with one call, `c1`; `changes` replaces what a test wants to be otherwise. */
export const fakeOperations = (changes: Partial<Operations> = {}): Operations => ({
  status: async () => status,
  calls: async () => [call],
  call: async (id) => (id === call.id ? call : undefined),
  drain: async (seconds) => ({ calls: 1, seconds }),
  reload: async () => ({ users: 2, numbers: 1, restart: ["trunk"] }),
  readiness: async () => [],
  hangUp: async (id) => id === call.id,
  registrations: async () => [
    {
      user: "local",
      contact: "sip:x@y.invalid",
      transport: "ws",
      remote: "127.0.0.1:4",
      expiresAt: "2026-11-23T09:15:07.000Z",
    },
  ],
  refusals: async (limit) =>
    [
      {
        at: "2026-11-23T09:00:00.000Z",
        what: "INVITE",
        source: "192.0.2.9:5060",
        why: "not in trunk.allow",
      },
    ].slice(0, limit),
  history: async ({ limit }) => [endedCall].slice(0, limit),
  record: async (id) => (id === endedCall.id ? endedCall : undefined),
  trunk: async () => trunk,
  trace: async ({ call: id }) => (id === undefined || id === call.id ? [traced] : undefined),
  follow: (_, hear) => {
    hear(traced);
    return () => {};
  },
  ladder: async (id) => (id === call.id ? "trunk      server\n  |--INVITE-->|" : undefined),
  ...changes,
});
