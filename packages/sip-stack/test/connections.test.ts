import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Address,
  type Resolver,
  type Transport,
  tcpTransport,
  tlsTransport,
  type UserAgentOptions,
} from "../src/index.ts";
import { FakeClock, testCertificate } from "../src/testing/index.ts";
import { Agent, answer, dial, rest } from "./agents.ts";

const network = process.env.TRUNKLINE_TEST_NETWORK;
const aliceAt = { address: `${network}.1`, port: 5060 };
const bobAt = { address: `${network}.2`, port: 5060 };
const identity = testCertificate("bob.example");
const opened: Agent[] = [];
const lookedUp: string[] = [];

const look = async (name: string) => {
  lookedUp.push(name);
  return { records: [], keepMs: 0 };
};
const resolver: Resolver = { naptr: look, srv: look, addresses: look };

afterEach(async () => {
  for (const { agent } of opened.splice(0)) await agent.close();
});

/** A user agent on real sockets; its transactions' time is the clock's. */
async function open(
  clock: FakeClock,
  transports: readonly Transport[],
  seed: number,
  options: Partial<UserAgentOptions> = {},
) {
  const agent = new Agent(clock, transports, seed, { resolver, ...options });
  await agent.agent.listen();
  opened.push(agent);
  agent.onCall = (call) => call.answer(answer);
  return agent;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const tls = (bind: Address) => tlsTransport({ bind, identity, authorities: [identity.certificate] });
const kinds = { tcp: (bind: Address) => tcpTransport({ bind }), tls } as const;

/** A call that is up, and how many connections its two sides had. */
async function call(kind: "tcp" | "tls", contact?: string) {
  const clock = new FakeClock();
  const [alice, bob] = [await open(clock, [kinds[kind](aliceAt)], 1), await open(clock, [kinds[kind](bobAt)], 2)];
  if (contact !== undefined) bob.onCall = (up) => up.answer(answer, { headers: [["Contact", contact]] });
  const { call, user } = dial(alice, { transport: kind, ...bobAt, host: "bob.example" });
  await until(() => expect(bob.ladder.at(-1)).toBe("< ACK"));
  return { clock, alice, bob, call, user };
}

const flows = ({ wire }: Agent): number => new Set(wire.map(({ flow }) => flow.id)).size;

describe.each(["tcp", "tls"] as const)("over %s", (kind) => {
  test("a whole call takes one connection, nothing is sent twice and nothing is left", async () => {
    const { clock, alice, bob, call: up } = await call(kind);
    const { call: incoming } = bob.last();
    await incoming.request("INFO");
    up.hangUp();
    await until(() => expect(alice.ladder.at(-1)).toBe("< 200"));
    const expected = ["INVITE", "200", "ACK", "INFO", "200", "BYE", "200"];
    expect(bob.ladder.map((line) => line.slice(2))).toEqual(expected);
    expect([flows(alice), flows(bob)]).toEqual([1, 1]);
    expect(bob.wire[0]?.message?.headers.get("Via")).toMatch(new RegExp(`^SIP/2\\.0/${kind.toUpperCase()} `));
    expect(bob.wire[0]?.message?.headers.get("Contact")).toMatch(new RegExp(`;transport=${kind}>$`));
    await rest(clock, [alice, bob]);
    expect(alice.agent.counters().totals.retransmitted).toBe(0);
  });
});

/** Closes one side's transports under its user agent, so that every connection is gone, and opens them again. */
async function reopened(bob: Agent, clock: FakeClock, transport: Transport): Promise<Agent> {
  await bob.agent.close();
  return open(clock, [transport], 3);
}

describe("a connection that is gone", () => {
  test.each(["tcp", "tls"] as const)(
    "in a call over %s is opened again to the same peer for the next request",
    async (kind) => {
      const { clock, alice, bob, call: up } = await call(kind);
      const again = await reopened(bob, clock, kinds[kind](bobAt));
      await until(() => expect(up.flow.open).toBe(false));
      up.hangUp();
      await until(() => expect(again.ladder).toEqual(["< BYE", "> 481"]));
      expect(flows(alice)).toBe(2);
      await rest(clock, [alice, again]);
    },
  );

  test("is not opened to whoever cannot prove the name of the call's peer", async () => {
    const { clock, alice, bob, call: up } = await call("tls");
    const other = testCertificate("evil.example", bobAt.address);
    const again = await reopened(bob, clock, tlsTransport({ bind: bobAt, identity: other }));
    await until(() => expect(up.flow.open).toBe(false));
    up.hangUp();
    await until(() => expect(alice.wire.at(-1)?.direction).toBe("out"));
    await until(() => expect(alice.agent.counters().live.transactions).toBe(1));
    expect(again.wire).toEqual([]);
  });

  const here = `${bobAt.address}:${bobAt.port}`;

  test.each([
    ["an address beyond the call's reach", "<sip:bob@127.0.0.1:5060;transport=tls>", "next hop is out of reach"],
    ["what is not TLS any more", `<sip:bob@${here};transport=tcp>`, "next hop is not secure"],
    ["a name, which is not even looked up", "<sip:bob@evil.example;transport=tls>", "next hop is a name"],
  ])("is opened to the peer that it led to, not to %s", async (_name, contact, refusal) => {
    const { clock, alice, bob, call: up } = await call("tls", contact);
    const again = await reopened(bob, clock, kinds.tls(bobAt));
    await until(() => expect(up.flow.open).toBe(false));
    up.hangUp();
    await until(() => expect(again.ladder).toEqual(["< BYE", "> 481"]));
    await rest(clock, [alice, again]);
    expect(alice.agent.counters().totals.refused).toMatchObject({ [refusal]: 1 });
    expect(lookedUp).toEqual([]);
  });
});

test.each(["tcp", "tls"] as const)(
  "when their sources are admitted no longer, connections of peers over %s close and our own stay",
  async (kind) => {
    const clock = new FakeClock();
    let isAdmitted = true;
    const sourceGate = () => (isAdmitted ? ({ admit: true } as const) : ({ admit: false, why: "removed" } as const));
    const alice = await open(clock, [kinds[kind](aliceAt)], 1);
    const bob = await open(clock, [kinds[kind](bobAt)], 2, { sourceGate });
    dial(alice, { transport: kind, ...bobAt, host: "bob.example" });
    await until(() => expect(bob.ladder.at(-1)).toBe("< ACK"));
    const theirs = bob.last().call.flow;
    const own = dial(bob, { transport: "tcp", ...aliceAt }).call;
    bob.agent.closeRefused();
    expect(theirs.open).toBe(true);
    isAdmitted = false;
    bob.agent.closeRefused();
    expect(theirs.open).toBe(false);
    if (kind === "tcp") expect(own.flow.open).toBe(true);
  },
);
