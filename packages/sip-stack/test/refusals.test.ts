import { expect, test } from "vitest";
import { sdpBody } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { answer, bobAt, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

test("a busy called party is a rejection with its response", async () => {
  const { bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.reject(486, { headers: [["Reason", "Q.850;cause=17"]] });
  const { call, user } = dial();
  await clock.advance(100);
  expect(user.ends).toMatchObject([
    { by: "remote", cause: "rejected", response: { status: 486, reason: "Busy Here" } },
  ]);
  expect(bob.last().user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  expect(call.state).toBe("ended");
  await rest();
});

test("a peer that does not exist is a timeout after 64*T1 and seven INVITEs", async () => {
  const { alice, bob, clock, dial, rest } = await scene();
  await bob.agent.close();
  const { user } = dial();
  await clock.advance(31_900);
  expect(user.ends).toEqual([]);
  await clock.advance(200);
  expect(user.ends).toMatchObject([{ by: "failure", cause: "timeout", error: { code: "SIP_TRANSACTION_TIMEOUT" } }]);
  expect(alice.ladder).toEqual(Array(7).fill("> INVITE"));
  await rest();
});

test("nobody answers: the caller gives up and both sides are free", async () => {
  const { bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.ring(183, { body: sdpBody("v=0\r\ns=early\r\n") });
  const { call, user } = dial();
  await clock.advance(60_000);
  expect(user.ringing).toMatchObject([{ status: 183, sdp: "v=0\r\ns=early\r\n" }]);
  call.hangUp();
  await clock.advance(100);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "cancel" }]);
  await rest();
});

test("a destination that no transport leads to is a transport failure", async () => {
  const { dial, alice, rest, clock } = await scene();
  const { user } = dial({ destination: { transport: "tls", address: "10.0.0.2", port: 5061 } });
  const named = await alice.agent.request({
    method: "OPTIONS",
    uri: "sip:bob@example.com",
    from: "<sip:alice@10.0.0.1>",
    to: "<sip:bob@example.com>",
    destination: { transport: "udp", address: "example.com", port: 5060 },
  });
  await clock.advance(0);
  expect(user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
  expect(named).toMatchObject({ ok: false, error: { code: "SIP_TRANSPORT_FAILED" } });
  await rest();
});

test("a stranger gets not a byte back, whatever is sent, and is counted with the gate's reason", async () => {
  const gate = () => ({ admit: false, why: "not on the list" }) as const;
  const { bob, clock, network, rest } = await scene({}, { gate });
  const probe = await Probe.open(network);
  const uri = "sip:bob@10.0.0.2";
  for (const method of ["INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "ACK"])
    probe.send(request(method, uri), bobAt);
  probe.sendText(
    "INVITE sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\nCSeq: x\r\n\r\n",
    bobAt,
  );
  probe.sendText("OPTIONS sip:bob@10.0.0.2 SIP/3.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKy\r\n\r\n", bobAt);
  probe.sendText("nonsense", bobAt);
  probe.sendText("\r\n\r\n", bobAt);
  await clock.advance(60_000);
  expect(probe.received).toEqual([]);
  expect(bob.incoming).toEqual([]);
  expect(bob.agent.counters().totals).toMatchObject({ received: 9, sent: 0, refused: { "not on the list": 8 } });
  expect(bob.wire.filter(({ outcome }) => outcome === "refused: not on the list")).toHaveLength(8);
  await rest();
});

test("an admitted peer's malformed request gets a 400 with the reason, its ACK and garbage nothing", async () => {
  const { bob, clock, network, rest } = await scene();
  const probe = await Probe.open(network);
  const head =
    "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\n";
  probe.sendText(`INVITE sip:bob@10.0.0.2 SIP/2.0\r\n${head}CSeq: 1 OPTIONS\r\n\r\n`, bobAt);
  probe.sendText(`ACK sip:bob@10.0.0.2 SIP/2.0\r\n${head}CSeq: 1 OPTIONS\r\n\r\n`, bobAt);
  probe.sendText("nonsense", bobAt);
  await clock.advance(100);
  expect(probe.responses.map(({ status, headers }) => [status, headers.get("CSeq")])).toEqual([[400, "1 OPTIONS"]]);
  expect(bob.agent.counters().totals.received).toBe(3);
  await rest();
});

test("what cannot be served is refused by the rules: 481, 420, 482 and 405", async () => {
  const { bob, clock, network, rest } = await scene();
  const probe = await Probe.open(network);
  const uri = "sip:bob@10.0.0.2";
  bob.onCall = (call) => call.ring(180);
  probe.send(request("BYE", uri, { To: `<${uri}>;tag=none`, "Call-ID": "1" }), bobAt);
  probe.send(request("UPDATE", uri, { "Call-ID": "2" }), bobAt);
  probe.send(request("CANCEL", uri, { "Call-ID": "3" }), bobAt);
  probe.send(request("INVITE", uri, { "Call-ID": "4", Require: "100rel, timer, gruu" }), bobAt);
  probe.send(request("INVITE", uri, { "Call-ID": "6" }), bobAt);
  await clock.advance(100);
  probe.send(request("INVITE", uri, { "Call-ID": "6" }), bobAt);
  await clock.advance(100);
  const got = probe.responses.map(({ status, headers }) => `${headers.get("Call-ID")} ${status}`);
  expect(got).toEqual(["1 481", "2 481", "3 481", "4 420", "6 180", "6 482"]);
  expect(probe.responses[3]?.headers.get("Unsupported")).toBe("gruu");
  bob.last().call.hangUp();
  await rest();
});

test("above the limits new calls and transactions get 503 with Retry-After", async () => {
  const { bob, alice, clock, dial, network, rest } = await scene({}, { limits: { maxDialogs: 1, maxTransactions: 3 } });
  bob.onCall = (call) => call.answer(answer);
  const first = dial();
  await clock.advance(100);
  const second = dial();
  await clock.advance(100);
  const probe = await Probe.open(network);
  for (let at = 0; at < 3; at += 1) probe.send(request("OPTIONS", "sip:bob@10.0.0.2", { "Call-ID": `${at}` }), bobAt);
  await clock.advance(100);
  expect(second.user.ends).toMatchObject([{ cause: "rejected", response: { status: 503 } }]);
  const refused = probe.responses.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get("Retry-After")).toBe("5");
  expect(bob.agent.counters().totals.refused).toMatchObject({ "too many dialogs": 1 });
  expect(bob.agent.counters().live.transactions).toBeLessThanOrEqual(3);
  first.call.hangUp();
  await clock.advance(100);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  await rest();
  expect(alice.agent.counters().totals.refused).toEqual({});
});

test("a call that the application does not take is refused", async () => {
  const { bob, clock, dial, rest } = await scene({}, { user: { onCall: () => {}, onRequest: () => {} } });
  const { user } = dial();
  await clock.advance(100);
  expect(user.ends).toMatchObject([{ cause: "rejected", response: { status: 500 } }]);
  expect(bob.incoming).toEqual([]);
  await rest();
});

test("requests are answered to the port of sent-by unless rport asks otherwise, always to the address they came from", async () => {
  const { clock, network, rest } = await scene();
  const probe = await Probe.open(network, { address: "10.0.0.9", port: 7000 });
  const other = await Probe.open(network, { address: "10.0.0.9", port: 5060 });
  const via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1";
  probe.sendExactly(request("OPTIONS", "sip:bob@10.0.0.2", { Via: via, "Call-ID": "1" }), bobAt);
  probe.sendExactly(request("OPTIONS", "sip:bob@10.0.0.2", { Via: `${via}2;rport`, "Call-ID": "2" }), bobAt);
  await clock.advance(100);
  expect(other.responses.map(({ headers }) => headers.get("Via"))).toEqual([`${via};received=10.0.0.9`]);
  expect(probe.responses.map(({ headers }) => headers.get("Via"))).toEqual([`${via}2;rport=7000;received=10.0.0.9`]);
  await rest();
  expect(network.sent).toBe(4);
});

test("closing a user agent ends its calls for the application and settles what waits", async () => {
  const { alice, bob, clock, dial } = await scene();
  const ringing = dial();
  const asked = alice.agent.request({
    method: "OPTIONS",
    uri: "sip:10.0.0.3",
    from: "<sip:10.0.0.1>",
    to: "<sip:10.0.0.3>",
    destination: { transport: "udp", address: "10.0.0.3", port: 5060 },
  });
  bob.onCall = (call) => call.answer(answer);
  const talking = dial();
  await clock.advance(100);
  await alice.agent.close();
  await alice.agent.close();
  await clock.advance(0);
  for (const { user } of [ringing, talking]) {
    expect(user.ends).toMatchObject([{ by: "failure", error: { code: "SIP_CLOSED" } }]);
  }
  expect(await asked).toMatchObject({ ok: false, error: { code: "SIP_CLOSED" } });
  expect(alice.agent.counters().live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  const late = dial();
  await clock.advance(0);
  expect(late.user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
  await bob.agent.close();
  expect(clock.pending).toBe(0);
});
