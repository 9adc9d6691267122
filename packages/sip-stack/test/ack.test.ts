import { expect, test } from "vitest";
import { formatMessage, parseMessage } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { aliceAt, answer, bobAt, offerText, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

const invite = request("INVITE", "sip:bob@10.0.0.2", {
  Contact: "<sip:caller@10.0.0.9:5060>",
  "Content-Type": "application/sdp",
  body: offerText,
});

test("a 2xx without ACK is repeated, noted after 3 s with the Contact, and the call ends with BYE after 64*T1", async () => {
  const { bob, clock, network, rest } = await scene(
    {},
    { advertised: () => ({ address: "198.51.100.4", port: 5070 }) },
  );
  bob.onCall = (call) => call.answer(answer);
  const probe = await Probe.open(network);
  probe.send(invite, bobAt);
  await clock.advance(2990);
  expect(bob.last().user.late).toEqual([]);
  await clock.advance(20);
  expect(bob.last().user.late).toEqual(["<sip:trunkline@198.51.100.4:5070>"]);
  await clock.advance(28_000);
  expect(bob.last().user.ends).toEqual([]);
  await clock.advance(1100);
  expect(bob.last().user.ends).toMatchObject([
    { by: "failure", cause: "ack-missing", error: { code: "SIP_ACK_MISSING" } },
  ]);
  const answers = probe.responses.filter(({ status }) => status === 200);
  expect(answers).toHaveLength(11);
  expect(new Set(answers.map((response) => Buffer.from(formatMessage(response)).toString())).size).toBe(1);
  expect(probe.requests[0]?.method).toBe("BYE");
  expect(probe.requests[0]?.headers.get("Reason")).toBe('SIP;cause=408;text="No ACK for our 2xx came within 64*T1."');
  await rest();
});

test("a called party that hangs up before the ACK says BYE only after it", async () => {
  const { alice, bob, clock, dial, rest } = await scene({ delayMs: 100 });
  bob.onCall = (call) => {
    call.answer(answer);
    call.hangUp();
  };
  const { user } = dial();
  await clock.advance(290);
  expect(bob.ladder).toEqual(["< INVITE", "> 200"]);
  expect(bob.last().user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  await clock.advance(1000);
  expect(user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  expect(alice.ladder).toEqual(["> INVITE", "< 200", "> ACK", "< BYE", "> 200"]);
  await rest();
});

test("every repeated 2xx gets the same ACK again", async () => {
  const { alice, clock, network, dial, rest } = await scene();
  const silent = await Probe.open(network, { address: "10.0.0.3", port: 5060 });
  const { call } = dial({ destination: { transport: "udp", address: "10.0.0.3", port: 5060 } });
  await clock.advance(10);
  const [received] = silent.requests;
  if (received === undefined) throw new Error("no INVITE came");
  const ok = [
    "SIP/2.0 200 OK",
    ...["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${received.headers.get(name)}`),
    `To: ${received.headers.get("To")};tag=silent`,
    "Contact: <sip:silent@10.0.0.3>",
    "",
    "",
  ].join("\r\n");
  for (let count = 0; count < 3; count += 1) silent.sendText(ok, aliceAt);
  await clock.advance(100);
  const acks = silent.requests.filter(({ method }) => method === "ACK");
  expect(acks).toHaveLength(3);
  expect(new Set(acks.map((ack) => Buffer.from(formatMessage(ack)).toString())).size).toBe(1);
  expect(acks[0]?.headers.get("CSeq")).toBe("1 ACK");
  call.hangUp();
  await clock.advance(10);
  silent.sendText(ok, aliceAt);
  await clock.advance(10);
  expect(silent.requests.filter(({ method }) => method === "ACK")).toHaveLength(4);
  await rest();
  expect(alice.agent.counters().totals.retransmitted).toBeGreaterThanOrEqual(3);
});

test("a second fork's 2xx is acknowledged in its own dialog and ended with BYE", async () => {
  const { clock, network, dial, rest } = await scene();
  const forks = await Probe.open(network, { address: "10.0.0.3", port: 5060 });
  const { call, user } = dial({ destination: { transport: "udp", address: "10.0.0.3", port: 5060 } });
  await clock.advance(10);
  const [received] = forks.requests;
  if (received === undefined) throw new Error("no INVITE came");
  const respond = (line: string, tag: string): void =>
    forks.sendText(
      [
        `SIP/2.0 ${line}`,
        ...["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${received.headers.get(name)}`),
        `To: ${received.headers.get("To")};tag=${tag}`,
        `Contact: <sip:${tag}@10.0.0.3>`,
        "",
        "",
      ].join("\r\n"),
      aliceAt,
    );
  for (const tag of ["one", "two", "three"]) respond("180 Ringing", tag);
  await clock.advance(10);
  expect(user.ringing).toHaveLength(3);
  respond("200 OK", "two");
  respond("200 OK", "one");
  respond("200 OK", "one");
  await clock.advance(10);
  expect(user.answered).toHaveLength(1);
  expect(call.remoteTag).toBe("two");
  const sent = forks.requests.slice(1).map(({ method, uri }) => `${method} ${uri}`);
  expect(sent).toEqual([
    "ACK sip:two@10.0.0.3",
    "ACK sip:one@10.0.0.3",
    "BYE sip:one@10.0.0.3",
    "ACK sip:one@10.0.0.3",
  ]);
  call.hangUp();
  await clock.advance(10);
  expect(forks.requests.at(-1)?.uri).toBe("sip:two@10.0.0.3");
  await rest();
  expect(parseMessage(forks.received[0] ?? new Uint8Array()).ok).toBe(true);
});
