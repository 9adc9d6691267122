import { expect, test } from "vitest";
import { type Address, type Resolver, udpTransport } from "../src/index.ts";
import { FakeClock, memoryNetwork } from "../src/testing/index.ts";
import { Agent, answer, dial, rest } from "./agents.ts";
import { Probe } from "./probe.ts";

const at = (last: number): Address => ({ address: `10.0.0.${last}`, port: 5060 });
const name = { host: "bob.example" };

/** A resolver that knows the addresses of one name and keeps what it is asked. */
function knowing(...addresses: string[]): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  const none = async (asking: string) => {
    asked.push(asking);
    return { records: [], keepMs: 60_000 };
  };
  return {
    asked,
    naptr: none,
    srv: none,
    async addresses(asking) {
      asked.push(asking);
      return { records: asking === name.host ? addresses : [], keepMs: 60_000 };
    },
  };
}

async function opened(resolver: Resolver) {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock, delayMs: 5 });
  const open = async (last: number) => {
    const agent = new Agent(clock, [udpTransport({ bind: at(last), network })], last, { resolver });
    await agent.agent.listen();
    return agent;
  };
  const [alice, bob, full] = [await open(1), await open(2), await open(3)];
  bob.onCall = (call) => call.answer(answer);
  full.take = (call) => call.reject(503);
  return { clock, network, alice, bob, full };
}

test("a call to a name goes to its next place on 503 and on silence, and stays where it was answered", async () => {
  const resolver = knowing("10.0.0.3", "10.0.0.4", "10.0.0.2");
  const { clock, alice, bob, full } = await opened(resolver);
  const { call, user } = dial(alice, name);
  await clock.advance(33_000);
  expect(user.answered).toHaveLength(1);
  expect(call.flow.remote).toEqual(at(2));
  call.hangUp();
  await clock.advance(1000);
  expect(bob.ladder).toEqual(["< INVITE", "> 200", "< ACK", "< BYE", "> 200"]);
  expect(full.ladder).toEqual(["< INVITE", "> 503", "< ACK"]);
  const invite = bob.incoming[0]?.call.invite.headers;
  expect(invite?.get("Contact")).toBe("<sip:trunkline@10.0.0.1:5060>");
  expect(invite?.get("Via")).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1:5060;branch=/);
  await rest(clock, [alice, bob, full]);
});

test("a request to a name goes to its next place too, and the last place's refusal is the outcome", async () => {
  const { clock, alice, bob, full } = await opened(knowing("10.0.0.4", "10.0.0.2"));
  const options = { method: "OPTIONS", uri: "sip:bob.example", from: "<sip:a@b>", to: "<sip:bob.example>" };
  const outcome = alice.agent.request({ ...options, destination: name });
  await clock.advance(33_000);
  expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
  expect(bob.requests).toHaveLength(1);
  const other = await opened(knowing("10.0.0.3"));
  const { user } = dial(other.alice, name);
  await other.clock.advance(1000);
  expect(user.ends).toMatchObject([{ cause: "rejected", response: { status: 503 } }]);
  await rest(clock, [alice, bob, full]);
  await rest(other.clock, [other.alice, other.full]);
});

test("who has hung up is not connected with another place", async () => {
  const { clock, alice, bob } = await opened(knowing("10.0.0.4", "10.0.0.2"));
  const { call, user } = dial(alice, name);
  await clock.advance(1000);
  call.hangUp();
  await rest(clock, [alice, bob]);
  expect([bob.incoming.length, user.ends.length]).toEqual([0, 1]);
});

test("a name that is nowhere fails the call", async () => {
  const { clock, alice } = await opened(knowing());
  const { user } = dial(alice, name);
  await rest(clock, [alice]);
  expect(user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
});

test("closing ends what still waits for a name", async () => {
  const never = new Promise<never>(() => {});
  const { clock, alice } = await opened({ naptr: () => never, srv: () => never, addresses: () => never });
  const { user } = dial(alice, name);
  const outcome = alice.agent.request({
    method: "OPTIONS",
    uri: "sip:a",
    from: "<sip:a@b>",
    to: "<sip:a@b>",
    destination: name,
  });
  await clock.advance(0);
  await alice.agent.close();
  expect(await outcome).toMatchObject({ ok: false, error: { code: "SIP_CLOSED" } });
  await rest(clock, [alice]);
  expect(user.ends).toHaveLength(1);
});

test("names in a peer's Contact, Record-Route and Via are never looked up; its own address gets ACK and BYE", async () => {
  const resolver = knowing("10.0.0.2");
  const { clock, alice, network } = await opened(resolver);
  const peer = await Probe.open(network, at(9));
  const sent: string[] = [];
  network.observe(({ from, to }) => from.address === at(1).address && sent.push(to.address));
  const { user, call } = dial(alice, { transport: "udp", ...at(9) });
  await clock.advance(10);
  const [invite] = peer.requests;
  const head = [
    "SIP/2.0 200 OK",
    ...(["Via", "From", "Call-ID", "CSeq"] as const).map((key) => `${key}: ${invite?.headers.get(key)}`),
  ];
  const lures = ["To: <sip:b@x>;tag=b", "Contact: <sip:b@evil.example>", "Record-Route: <sip:evil.example;lr>"];
  peer.sendText([...head, ...lures, "Content-Length: 0", "", ""].join("\r\n"), at(1));
  await clock.advance(10);
  call.hangUp();
  await rest(clock, [alice]);
  expect(peer.requests.map(({ method }) => method)).toEqual(expect.arrayContaining(["INVITE", "ACK", "BYE"]));
  expect(user.ends).toMatchObject([{ cause: "hung-up" }]);
  peer.sendText(
    [
      "OPTIONS sip:a@b SIP/2.0",
      "Via: SIP/2.0/UDP evil.example;branch=z9hG4bK1;maddr=10.6.6.6",
      "From: <sip:b@x>;tag=b",
      "To: <sip:a@b>",
      "Call-ID: x",
      "CSeq: 1 OPTIONS",
      "",
      "",
    ].join("\r\n"),
    at(1),
  );
  await rest(clock, [alice]);
  expect(resolver.asked).toEqual([]);
  expect(new Set(sent)).toEqual(new Set([at(9).address]));
});
