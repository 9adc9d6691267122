import { describe, expect, test } from "vitest";
import type { Table } from "../kernel/table.ts";
import { formatMessage } from "../message/format.ts";
import type { SipMessage } from "../message/message.ts";
import { parseMessage } from "../message/parse.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { request } from "../testing/request.ts";
import { responseTo } from "../transport/reply.ts";
import { NonInviteClientTransaction } from "./client.ts";
import { InviteClientTransaction } from "./invite-client.ts";
import { InviteServerTransaction } from "./invite-server.ts";
import { NonInviteServerTransaction } from "./server.ts";
import { clientTable, inviteClientTable, inviteServerTable, serverTable } from "./tables.ts";
import { timerPlan } from "./timers.ts";
import type { TransactionPort } from "./transaction.ts";

const uri = "sip:bob@10.0.0.2";
const local = { address: "10.0.0.1", port: 5060 };
const flow = { id: "udp", transport: "udp", local, remote: { address: "10.0.0.2", port: 5060 }, open: true } as const;
const cause = new Error("ENETUNREACH");

/** A transaction on a bench: what it did so far, and how to make each event happen. */
type Bench = {
  readonly clock: FakeClock;
  readonly log: string[];
  readonly state: () => string;
  readonly events: Readonly<Record<string, () => unknown>>;
};

const nameOf = (message: SipMessage): string => (message.kind === "request" ? message.method : String(message.status));

function bench(): { clock: FakeClock; log: string[]; port: TransactionPort } {
  const clock = new FakeClock();
  const log: string[] = [];
  const port: TransactionPort = {
    clock,
    plan: timerPlan(false),
    flow,
    send: (message) => {
      log.push(`send ${nameOf(message)}`);
      return { bytes: formatMessage(message), flow };
    },
    resend: ({ bytes }) => {
      const message = parseMessage(bytes);
      log.push(`repeat ${message.ok ? nameOf(message.value) : message.why}`);
    },
    isForgotten: (status) => status === 401,
    awaitAck: () => true,
    acknowledged: () => {},
    ended: () => log.push("ended"),
  };
  return { clock, log, port };
}

function inviteClient(): Bench {
  const { clock, log, port } = bench();
  const user = {
    onResponse: ({ status }: { status: number }) => log.push(`up ${status}`),
    onFailure: ({ code }: { code: string }) => log.push(code),
  };
  const invite = request("INVITE", uri);
  const transaction = new InviteClientTransaction(invite, user, port);
  transaction.start();
  return {
    clock,
    log,
    state: () => transaction.state,
    events: {
      provisional: () => transaction.receive(responseTo(invite, 180, "t")),
      success: () => transaction.receive(responseTo(invite, 200, "t")),
      failure: () => transaction.receive(responseTo(invite, 486, "t")),
      timerA: () => clock.advance(500),
      timerB: () => clock.advance(32_000),
      timerD: () => clock.advance(32_000),
      timerM: () => clock.advance(32_000),
      timerOver: () => {
        transaction.expire();
        return clock.advance(32_000);
      },
      transportError: () => transaction.fail(cause, false),
      flowClosed: () => transaction.fail(cause, true),
      abandon: () => transaction.abandon(),
    },
  };
}

function client(): Bench {
  const { clock, log, port } = bench();
  const user = {
    onResponse: ({ status }: { status: number }) => log.push(`up ${status}`),
    onFailure: ({ code }: { code: string }) => log.push(code),
  };
  const options = request("OPTIONS", uri);
  const transaction = new NonInviteClientTransaction(options, user, port);
  transaction.start();
  return {
    clock,
    log,
    state: () => transaction.state,
    events: {
      provisional: () => transaction.receive(responseTo(options, 100)),
      final: () => transaction.receive(responseTo(options, 200, "t")),
      timerE: () => clock.advance(500),
      timerF: () => clock.advance(32_000),
      timerK: () => clock.advance(5000),
      transportError: () => transaction.fail(cause),
    },
  };
}

function inviteServer(): Bench {
  const { clock, log, port } = bench();
  const invite = request("INVITE", uri);
  const transaction = new InviteServerTransaction(invite, port, { onAck: () => log.push("up ACK") });
  transaction.watch({ onFailure: ({ code }) => log.push(code) });
  transaction.start();
  return {
    clock,
    log,
    state: () => transaction.state,
    events: {
      request: () => transaction.receive(invite, port.flow),
      provisional: () => transaction.respond(responseTo(invite, 180, "t")),
      success: () => transaction.respond(responseTo(invite, 200, "t")),
      failure: () => transaction.respond(responseTo(invite, 486, "t")),
      dismissal: () => transaction.respond(responseTo(invite, 401, "t")),
      ack: () => transaction.receive(request("ACK", uri), port.flow),
      timerTrying: () => clock.advance(200),
      timerG: () => clock.advance(500),
      timerH: () => clock.advance(32_000),
      timerI: () => clock.advance(5000),
      timerL: () => clock.advance(32_000),
      transportError: () => transaction.fail(cause),
    },
  };
}

function server(): Bench {
  const { clock, log, port } = bench();
  const options = request("OPTIONS", uri);
  const transaction = new NonInviteServerTransaction(port);
  transaction.watch({ onFailure: ({ code }) => log.push(code) });
  transaction.start();
  return {
    clock,
    log,
    state: () => transaction.state,
    events: {
      request: () => transaction.receive(),
      provisional: () => transaction.respond(responseTo(options, 183, "t")),
      final: () => transaction.respond(responseTo(options, 200, "t")),
      dismissal: () => transaction.respond(responseTo(options, 401, "t")),
      timerJ: () => clock.advance(32_000),
      unanswered: () => clock.advance(32_000),
      transportError: () => transaction.fail(cause),
    },
  };
}

type AnyTable = Table<string, string, string>;

/** Events that lead from the start to each state, shortest first. */
function paths(table: AnyTable, start: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([[start, []]]);
  for (const [state, path] of found) {
    for (const [event, rule] of Object.entries(table[state] ?? {})) {
      if (rule !== undefined && !found.has(rule.to)) found.set(rule.to, [...path, event]);
    }
  }
  return found;
}

const tables = [
  { name: "INVITE client", table: inviteClientTable as AnyTable, start: "calling", make: inviteClient },
  { name: "client", table: clientTable as AnyTable, start: "trying", make: client },
  { name: "INVITE server", table: inviteServerTable as AnyTable, start: "proceeding", make: inviteServer },
  { name: "server", table: serverTable as AnyTable, start: "trying", make: server },
];

describe.each(tables)("$name transaction", ({ table, start, make }) => {
  const reached = paths(table, start);
  const events = Object.keys(make().events);
  const cells = Object.keys(table).flatMap((state) => events.map((event) => ({ state, event })));

  test("every state can be reached", () => {
    expect([...reached.keys()].toSorted()).toEqual(Object.keys(table).toSorted());
  });

  test.each(cells)("$state, $event", async ({ state, event }) => {
    const rule = table[state]?.[event];
    const isTime = event.startsWith("timer") || event === "unanswered";
    const on = make();
    for (const step of reached.get(state) ?? []) await on.events[step]?.();
    expect(on.state()).toBe(state);
    const before = on.log.length;
    if (rule === undefined && isTime) return;
    await on.events[event]?.();
    expect(on.state()).toBe(rule?.to ?? state);
    if (rule === undefined) expect(on.log.slice(before)).toEqual([]);
    const isOver = rule?.to === "terminated";
    expect(on.log.slice(before).includes("ended")).toBe(isOver);
    if (isOver) expect(on.clock.pending).toBe(0);
  });
});

test("an INVITE is repeated after T1, 2*T1, 4*T1 ... and times out after 64*T1", async () => {
  const { clock, log } = inviteClient();
  const times: number[] = [];
  for (let at = 0; at < 320; at += 1) {
    const before = log.length;
    await clock.advance(100);
    if (log.length > before) times.push(clock.nowMs());
  }
  expect(times).toEqual([500, 1500, 3500, 7500, 15_500, 31_500, 32_000]);
  expect(log.slice(-2)).toEqual(["SIP_TRANSACTION_TIMEOUT", "ended"]);
});

test("a failure response is acknowledged each time it comes, and passed up once", async () => {
  const { events, log } = inviteClient();
  events.failure?.();
  events.failure?.();
  expect(log).toEqual(["send INVITE", "send ACK", "up 486", "repeat ACK"]);
});

test("a request that waits for its final response is repeated every T2 after a provisional one", async () => {
  const { clock, events, log } = client();
  events.provisional?.();
  await clock.advance(31_900);
  expect(log.filter((entry) => entry === "repeat OPTIONS")).toHaveLength(8);
});

test("an INVITE without a response gets a 100 after 200 ms, not when one was sent", async () => {
  const silent = inviteServer();
  await silent.clock.advance(200);
  expect(silent.log).toEqual(["send 100"]);
  const ringing = inviteServer();
  ringing.events.provisional?.();
  await ringing.clock.advance(1000);
  expect(ringing.log).toEqual(["send 180"]);
});

test("a failure response is repeated until its ACK, slowing down to T2, and its absence is reported", async () => {
  const { clock, events, log } = inviteServer();
  events.failure?.();
  await clock.advance(31_900);
  expect(log.filter((entry) => entry === "repeat 486")).toHaveLength(10);
  await clock.advance(100);
  expect(log.slice(-2)).toEqual(["SIP_TRANSACTION_TIMEOUT", "ended"]);
});

test("a repeated request gets the last response again", () => {
  const { events, log } = server();
  for (const event of ["request", "provisional", "request", "final", "request"]) events[event]?.();
  expect(log).toEqual(["send 183", "repeat 183", "send 200", "repeat 200"]);
});

test("on a reliable transport nothing is repeated and nothing waits for repeats", () => {
  expect(timerPlan(true)).toEqual({ t2: 4000, giveUp: 32_000, trying: 200, repeat: undefined, d: 0, i: 0, j: 0, k: 0 });
  expect(timerPlan(false, { t1: 1000, t2: 4000, t4: 5000 }).giveUp).toBe(64_000);
});
