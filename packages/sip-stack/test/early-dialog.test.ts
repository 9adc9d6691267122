import { expect, test } from "vitest";
import { request } from "../src/testing/index.ts";
import { bobAt, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

test("a callee whom the caller tells that the early dialog is gone refuses the INVITE with 480 and the reason", async () => {
  const { bob, clock, network, rest } = await scene();
  const probe = await Probe.open(network);
  bob.onCall = (call) => call.ring(180);
  const contact = "<sip:caller@10.0.0.9:5060>";
  probe.send(request("INVITE", "sip:bob@10.0.0.2", { Contact: contact }), bobAt);
  await clock.advance(100);
  const { call, user } = bob.last();
  void call.request("INFO");
  await clock.advance(100);
  const [info] = probe.requests;
  const lines = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${info?.headers.get(name)}`);
  probe.sendText(["SIP/2.0 481 Gone", ...lines, "", ""].join("\r\n"), bobAt);
  await clock.advance(100);
  const refusal = probe.responses.at(-1);
  expect([refusal?.status, refusal?.headers.get("Reason")?.split(";")[1]]).toEqual([480, "cause=481"]);
  expect(user.ends).toMatchObject([{ by: "failure", error: { code: "SIP_DIALOG_GONE" } }]);
  await rest();
});
