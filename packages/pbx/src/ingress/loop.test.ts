import { headers, type SipRequest } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { loopOf } from "./loop.ts";

const own = [
  { address: "198.51.100.204", port: 5060 },
  { address: "198.51.100.204", port: 5061 },
  { address: "10.0.58.47", port: 5070 },
  { address: "2001:db8::1", port: 5060 },
];
const request = (...fields: [string, string][]): SipRequest => ({
  kind: "request",
  method: "INVITE",
  uri: "sip:+12025550100@198.51.100.204",
  headers: headers(fields),
  body: new Uint8Array(0),
});
const via = (sentBy: string): [string, string] => ["Via", `SIP/2.0/UDP ${sentBy};branch=z9hG4bK1`];

test.each([
  ["has no hops left", [["Max-Forwards", "0"]], 483],
  ["has no hops left, written long", [["Max-Forwards", "000"]], 483],
  ["was sent by us", [via("3.80.16.13"), via("198.51.100.204:5060")], 482],
  ["was sent by us, whose port is the usual one", [via("3.80.16.13"), via("198.51.100.204")], 482],
  ["was sent by us over TLS", [["Via", "SIP/2.0/TLS 198.51.100.204;branch=z9hG4bK1"]], 482],
  ["was sent by us from another port that we show", [via("10.0.58.47:5070")], 482],
  ["was sent by us over IPv6", [via("[2001:DB8::1]")], 482],
  ["has a Via that cannot be read", [["Via", "SIP/2.0/UDP"]], undefined],
  ["was sent by another port of our host", [via("198.51.100.204:5062")], undefined],
  ["was sent by others", [via("3.80.16.13"), via("10.0.58.47:5060")], undefined],
  ["says nothing of hops", [], undefined],
] as [string, [string, string][], number | undefined][])("a request that %s", (_, fields, status) => {
  expect(loopOf(request(...fields), own)?.sip).toBe(status);
});
