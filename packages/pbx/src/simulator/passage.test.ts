import { formatMessage, parseMessage, type SipMessage, type SipRequest, type SipResponse } from "@trunkline/sip-stack";
import { describe, expect, test } from "vitest";
import type { Border } from "./edge-headers.ts";
import { inwardRequest, inwardResponse, outwardRequest, outwardResponse, type Passage } from "./passage.ts";

const border: Border = {
  outside: { address: "3.80.16.13", port: 5060 },
  inside: { address: "10.0.58.47", port: 5060 },
};
const pbx = { address: "198.51.100.204", port: 5060 };
const callId = "39d6b15a-7688-4263-85ec-8409291a2b21";
const caller = "<sip:+18155558245@10.0.58.47:5060>;tag=9eXmFya9j7Hpa";
const callee = "<sip:+16185558387@198.51.100.204:5060>;transport=UDP";
const ownRoute = "<sip:3.80.16.13;lr;ftag=9eXmFya9j7Hpa;did=2c7.fa86;nat=yes>";

const bytes = (lines: readonly string[], body = ""): Uint8Array => Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);

function read(lines: readonly string[], body = ""): SipMessage {
  const parsed = parseMessage(bytes([...lines, `Content-Length: ${body.length}`], body));
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

const requestOf = (lines: readonly string[], body?: string): SipRequest => read(lines, body) as SipRequest;
const responseOf = (lines: readonly string[]): SipResponse => read(lines) as SipResponse;

function linesOf(passage: Passage): readonly string[] {
  if (!passage.pass) throw new Error(passage.why);
  return Buffer.from(formatMessage(passage.message)).toString().split("\r\n");
}

const headersOf = (passage: Passage, name: string): readonly string[] =>
  linesOf(passage)
    .filter((line) => line.startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2));

const innerInvite = (method = "INVITE"): SipRequest =>
  requestOf(
    [
      `${method} sip:+16185558387@198.51.100.204:5060;transport=UDP SIP/2.0`,
      "Via: SIP/2.0/UDP 10.0.58.47:5060;branch=z9hG4bKBa834aZp7Hy1r;rport",
      `From: ${caller}`,
      `To: ${callee}`,
      `Call-ID: ${callId}`,
      `CSeq: 52215685 ${method}`,
      "Contact: <sip:trunkline@10.0.58.47:5060>",
      "Max-Forwards: 70",
      "Allow: INVITE, ACK, BYE",
      "Supported: timer",
      "User-Agent: VineProx-v2.3",
      "X-VoiceConnector-ID: dr3rbaar376u5r4ntcnlq4",
      "Content-Type: application/sdp",
    ],
    "v=0",
  );

describe("a request of the inside", () => {
  test("leaves with the headers of the recorded INVITE, in their order", () => {
    const did = /did=([0-9a-f]{3}\.[0-9a-f]{4})/.exec(
      headersOf(outwardRequest(innerInvite(), border, pbx), "Record-Route")[0] ?? "",
    )?.[1];
    const branch = /branch=(z9hG4bKec37\.[0-9a-f]{32}\.0)/.exec(
      headersOf(outwardRequest(innerInvite(), border, pbx), "Via")[0] ?? "",
    )?.[1];
    expect(linesOf(outwardRequest(innerInvite(), border, pbx))).toEqual([
      "INVITE sip:+16185558387@198.51.100.204:5060;transport=UDP SIP/2.0",
      `Record-Route: <sip:3.80.16.13;lr;ftag=9eXmFya9j7Hpa;did=${did};nat=yes>`,
      `Via: SIP/2.0/UDP 3.80.16.13:5060;branch=${branch}`,
      "Via: SIP/2.0/UDP 10.0.58.47;received=10.0.58.47;rport=5060;branch=z9hG4bKBa834aZp7Hy1r",
      "Max-Forwards: 69",
      `From: ${caller}`,
      `To: ${callee}`,
      `Call-ID: ${callId}`,
      "CSeq: 52215685 INVITE",
      "Contact: <sip:10.0.58.47:5060;alias=10.0.58.47~5060~1>",
      "Content-Type: application/sdp",
      "Content-Length: 3",
      "X-VoiceConnector-ID: dr3rbaar376u5r4ntcnlq4",
      "User-Agent: VineProx-v2.3",
      "",
      "v=0",
    ]);
  });

  test("goes where it was sent, and its CANCEL has the same Via and no Record-Route", () => {
    const invite = outwardRequest(innerInvite(), border, pbx);
    const cancel = outwardRequest(innerInvite("CANCEL"), border, pbx);
    expect(invite).toMatchObject({ pass: true, to: pbx });
    expect(headersOf(cancel, "Via")).toEqual(headersOf(invite, "Via"));
    expect(headersOf(cancel, "Record-Route")).toEqual([]);
  });

  const bye = (uri: string, ...routes: readonly string[]): SipRequest =>
    requestOf([
      `BYE ${uri} SIP/2.0`,
      "Via: SIP/2.0/UDP 10.0.58.47:5060;branch=z9hG4bK77",
      ...routes.map((route) => `Route: ${route}`),
      `From: ${caller}`,
      `To: ${callee};tag=b`,
      `Call-ID: ${callId}`,
      "CSeq: 2 BYE",
    ]);

  test("over the route set loses the proxy's own Route and goes to the Request-URI, or to the next Route", () => {
    const direct = outwardRequest(bye("sip:trunkline@198.51.100.204:5070", ownRoute), border, border.outside);
    expect(direct).toMatchObject({ pass: true, to: { address: "198.51.100.204", port: 5070 } });
    expect(headersOf(direct, "Route")).toEqual([]);
    const routed = outwardRequest(bye("sip:x@10.1.1.1", `${ownRoute}, <sip:198.51.100.9;lr>`), border, border.outside);
    expect(routed).toMatchObject({ pass: true, to: { address: "198.51.100.9", port: 5060 } });
    expect(headersOf(routed, "Route")).toEqual(["<sip:198.51.100.9;lr>"]);
  });
});

describe("a response of the inside", () => {
  const ok = responseOf([
    "SIP/2.0 200 OK",
    "Via: SIP/2.0/UDP 198.51.100.204:5060;rport;branch=z9hG4bKx;received=198.51.100.7",
    "Via: SIP/2.0/UDP 192.168.0.4;branch=z9hG4bKy",
    "From: <sip:a@b>;tag=1",
    "To: <sip:c@d>;tag=2",
    `Call-ID: ${callId}`,
    "CSeq: 1 OPTIONS",
    "Allow: INVITE",
    "Supported: 100rel",
    "Accept: application/sdp",
  ]);

  test("says in its Via where the request came from, and names no capability", () => {
    expect(linesOf(outwardResponse(ok, border, pbx))).toEqual([
      "SIP/2.0 200 OK",
      "Via: SIP/2.0/UDP 198.51.100.204:5060;rport=5060;branch=z9hG4bKx;received=198.51.100.204",
      "Via: SIP/2.0/UDP 192.168.0.4;branch=z9hG4bKy",
      "From: <sip:a@b>;tag=1",
      "To: <sip:c@d>;tag=2",
      `Call-ID: ${callId}`,
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "",
      "",
    ]);
  });
});

describe("a request of the world", () => {
  const inbound = (method: string, to: string, ...extra: readonly string[]): SipRequest =>
    requestOf([
      `${method} sip:10.0.58.47:5060;alias=10.0.58.47~5060~1 SIP/2.0`,
      "Via: SIP/2.0/UDP 198.51.100.204:5060;branch=z9hG4bKx",
      ...extra,
      "From: <sip:+16185558387@198.51.100.204>;tag=pbx",
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
    ]);
  const route = (): string => headersOf(outwardRequest(innerInvite(), border, pbx), "Record-Route")[0] ?? "";

  test("inside a dialog passes only with the Record-Route unchanged, which is taken off", () => {
    const passed = inwardRequest(inbound("ACK", caller, `Route: ${route()}`), border, false);
    expect(passed).toMatchObject({ pass: true });
    expect(headersOf(passed, "Route")).toEqual([]);
  });

  test.each(["ACK", "BYE", "INVITE", "INFO", "OPTIONS"])(
    "inside a dialog without the route set goes nowhere: %s",
    (method) => {
      expect(inwardRequest(inbound(method, caller), border, false)).toEqual({
        pass: false,
        why: "outside the route set",
      });
      const elsewhere = inbound(method, caller, "Route: <sip:3.80.16.14;lr>");
      expect(inwardRequest(elsewhere, border, false)).toEqual({ pass: false, why: "outside the route set" });
    },
  );

  test.each([
    [";nat=yes", ""],
    [";lr;", ";lr=on;"],
    ["ftag=9", "ftag=8"],
    ["did=", "did=0"],
  ])("with a changed Record-Route goes nowhere: '%s' became '%s'", (part, changed) => {
    const request = inbound("BYE", caller, `Route: ${route().replace(part, changed)}`);
    expect(inwardRequest(request, border, false)).toEqual({ pass: false, why: "route changed" });
  });

  test("that acknowledges a refusal passes without a route set", () => {
    expect(inwardRequest(inbound("ACK", caller), border, true)).toMatchObject({ pass: true });
  });

  test("that opens a dialog gets a Record-Route with its own tag, on top of the others", () => {
    const passed = inwardRequest(
      inbound("INVITE", "<sip:+12025550123@x>", "Record-Route: <sip:198.51.100.9;lr>"),
      border,
      false,
    );
    expect(headersOf(passed, "Record-Route")).toEqual([
      expect.stringMatching(/^<sip:3\.80\.16\.13;lr;ftag=pbx;did=[0-9a-f]{3}\.[0-9a-f]{4};nat=yes>$/),
      "<sip:198.51.100.9;lr>",
    ]);
  });

  test("outside a dialog passes as it is", () => {
    const options = inbound("OPTIONS", "<sip:3.80.16.13>");
    expect(inwardRequest(options, border, false)).toMatchObject({ pass: true, message: { method: "OPTIONS" } });
    expect(headersOf(inwardRequest(options, border, false), "Record-Route")).toEqual([]);
  });
});

describe("a response of the world", () => {
  const answer = (vias: readonly string[]): SipResponse =>
    responseOf([
      "SIP/2.0 180 Ringing",
      ...vias.map((via) => `Via: ${via}`),
      `From: ${caller}`,
      `To: ${callee};tag=b`,
      `Call-ID: ${callId}`,
      "CSeq: 52215685 INVITE",
    ]);

  test("reaches the inside with the Via that the inside wrote", () => {
    const vias = headersOf(outwardRequest(innerInvite(), border, pbx), "Via");
    expect(headersOf(inwardResponse(answer(vias), border), "Via")).toEqual([
      "SIP/2.0/UDP 10.0.58.47:5060;rport;branch=z9hG4bKBa834aZp7Hy1r",
    ]);
  });

  test("to a request that the proxy never sent goes nowhere", () => {
    for (const vias of [
      ["SIP/2.0/UDP 3.80.16.14:5060;branch=z9hG4bKa", "SIP/2.0/UDP 10.0.58.47;branch=z9hG4bKb"],
      ["SIP/2.0/UDP 3.80.16.13:5060;branch=z9hG4bKa"],
    ]) {
      expect(inwardResponse(answer(vias), border)).toEqual({ pass: false, why: "response to nobody" });
    }
  });
});
