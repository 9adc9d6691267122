import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseMessage, type SipResponse } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { answer, bobAt, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

const recorded = readFileSync(new URL("./fixtures/inbound-invite.sip", import.meta.url), "latin1");
const proxy = { address: "10.0.0.16", port: 5060 };
const advertised = () => ({ address: "198.51.100.204", port: 5060 });
const publicContact = "<sip:trunkline@198.51.100.204:5060>";

// Only the address of the proxy that we answer to is another one than in the recording.
const text = recorded.replaceAll("3.80.16.13", proxy.address);
const recordRoute = /^Record-Route: .*$/m.exec(text)?.[0] ?? "missing";

async function ringing(reachable = true) {
  const on = await scene({}, { advertised });
  on.bob.onCall = (call, user) => {
    if (!reachable) call.attach(user, { reach: () => false });
    call.ring(180);
  };
  const probe = await Probe.open(on.network, proxy);
  probe.sendText(text, bobAt);
  await on.clock.advance(100);
  return { ...on, probe };
}

/** What the recording's network sends in the dialog: our Contact as Request-URI, its own Route, two Via. */
function inDialog(method: string, number: number, ok: SipResponse | undefined) {
  return request(method, "sip:trunkline@198.51.100.204:5060", {
    Route: "<sip:198.51.100.204;lr>",
    From: ok?.headers.get("From") ?? "",
    To: ok?.headers.get("To") ?? "",
    "Call-ID": ok?.headers.get("Call-ID") ?? "",
    CSeq: `${number} ${method}`,
    Contact: "",
  });
}

test("the recorded INVITE's answer has its Record-Route byte for byte, both Via and our public Contact", async () => {
  const { bob, clock, probe, rest } = await ringing();
  bob.last().call.answer(answer, { headers: [["X-Test", "1"]] });
  await clock.advance(10);
  const [progress, ok] = probe.responses;
  expect([progress?.status, ok?.status]).toEqual([180, 200]);
  const raw = Buffer.from(probe.received[1] ?? []).toString();
  expect(raw.split("\r\n")).toContain(recordRoute);
  expect(ok?.headers.get("Contact")).toBe(publicContact);
  expect(progress?.headers.get("Contact")).toBe(publicContact);
  expect(progress?.headers.get("To")).toBe(ok?.headers.get("To"));
  expect(ok?.headers.all("Via")).toHaveLength(2);
  expect(ok?.headers.get("To")).toMatch(/^<sip:\+16185558387@198\.51\.100\.204:5060>;transport=UDP;tag=[0-9a-f]{32}$/);
  probe.send(inDialog("ACK", 52215685, ok), bobAt);
  await clock.advance(5000);
  expect(bob.last().user.late).toEqual([]);
  probe.send(inDialog("OPTIONS", 52215686, ok), bobAt);
  probe.send(inDialog("BYE", 52215687, ok), bobAt);
  await clock.advance(10);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  expect(probe.responses.map(({ status }) => status)).toEqual([180, 200, 200, 200]);
  await rest();
});

test("a BYE of ours goes to the private Contact over the recorded route", async () => {
  const { bob, clock, probe, rest } = await ringing();
  bob.last().call.answer(answer);
  await clock.advance(10);
  probe.send(inDialog("ACK", 52215685, probe.responses.at(-1)), bobAt);
  await clock.advance(10);
  bob.last().call.hangUp();
  await clock.advance(10);
  const [bye] = probe.requests;
  expect(bye?.method).toBe("BYE");
  expect(bye?.uri).toBe("sip:10.0.58.47:5060;alias=10.0.58.47~5060~1");
  expect(bye?.headers.all("Route")).toEqual([recordRoute.slice("Record-Route: ".length)]);
  expect(bye?.headers.get("From")).toContain(";transport=UDP;tag=");
  expect(bye?.headers.get("Via")).toMatch(/^SIP\/2\.0\/UDP 198\.51\.100\.204:5060;branch=z9hG4bK[0-9a-f]{32};rport$/);
  await rest();
});

test("a CANCEL of the recorded INVITE ends the ringing with 487", async () => {
  const { bob, clock, probe, rest } = await ringing();
  const invite = parseMessage(Buffer.from(text, "latin1"));
  if (!invite.ok || invite.value.kind !== "request") throw new Error("the recording cannot be read");
  const { headers } = invite.value;
  const via = headers.all("Via")[0] ?? "";
  const same = { Via: via, From: headers.get("From") ?? "", To: headers.get("To") ?? "" };
  const rest_ = { "Call-ID": headers.get("Call-ID") ?? "", CSeq: "52215685 CANCEL", Contact: "" };
  probe.sendExactly(request("CANCEL", invite.value.uri, { ...same, ...rest_ }), bobAt);
  await clock.advance(10);
  expect(probe.responses.map(({ status }) => status)).toEqual([180, 200, 487]);
  const to = probe.responses[2]?.headers.get("To") ?? "";
  probe.sendExactly(request("ACK", invite.value.uri, { ...same, ...rest_, CSeq: "52215685 ACK", To: to }), bobAt);
  await clock.advance(2000);
  expect(probe.responses).toHaveLength(3);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "cancel" }]);
  await rest();
});

test("a route out of reach is not followed and counted: requests go to where the call came from", async () => {
  const { bob, clock, probe, rest } = await ringing(false);
  bob.last().call.answer(answer);
  await clock.advance(10);
  probe.send(inDialog("ACK", 52215685, probe.responses.at(-1)), bobAt);
  await clock.advance(10);
  bob.last().call.hangUp();
  await clock.advance(10);
  expect(probe.requests.map(({ method }) => method)).toEqual(["BYE"]);
  expect(bob.agent.counters().totals.refused).toEqual({ "next hop is out of reach": 1 });
  await rest();
});
