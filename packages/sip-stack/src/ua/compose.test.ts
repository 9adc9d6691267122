import { expect, test } from "vitest";
import { sdpBody } from "../message/body.ts";
import { formatMessage } from "../message/format.ts";
import { parseMessage } from "../message/parse.ts";
import { request } from "../testing/request.ts";
import type { Flow } from "../transport/transport.ts";
import { contactFor, dressRequest, profileOf, reply } from "./compose.ts";

const profile = profileOf({
  contactUser: "trunkline",
  product: "Trunkline/1",
  allow: ["INVITE", "BYE"],
  supported: [],
  advertised: () => ({ address: "198.51.100.4", port: 5060 }),
});
const place = { address: "10.0.0.1", port: 5060 };
const udp: Flow = { id: "1", transport: "udp", local: place, remote: place, open: true };

test("Contact shows the advertised address, the transport where it is not UDP, and IPv6 in brackets", () => {
  expect(contactFor(profile, udp)).toBe("<sip:trunkline@198.51.100.4:5060>");
  expect(contactFor(profile, udp, "+16185558387")).toBe("<sip:+16185558387@198.51.100.4:5060>");
  expect(contactFor(profile, udp, "a b>@\r\nX: y")).toBe("<sip:a%20b%3E%40%0D%0AX%3A%20y@198.51.100.4:5060>");
  expect(contactFor(profile, { ...udp, transport: "wss" })).toBe("<sip:trunkline@198.51.100.4:5060;transport=ws>");
  const six = { ...profile, advertised: () => ({ address: "2001:db8::4", port: 5060 }) };
  expect(contactFor(six, udp)).toBe("<sip:trunkline@[2001:db8::4]:5060>");
});

test("an application's headers are added or replace ours, what the protocol writes stays", () => {
  const dressed = dressRequest(request("INVITE", "sip:a@b", { Contact: "" }), profile, "<sip:us@h>", {
    headers: [
      ["User-Agent", "Mine"],
      ["P-Asserted-Identity", "<sip:a@b>"],
      ["P-Asserted-Identity", "<tel:+1>"],
      ["via", "SIP/2.0/UDP evil"],
      ["Call-ID", "evil"],
      ["t", "<sip:evil>"],
      ["Subject", "a\r\nRoute: <sip:evil>"],
    ],
    body: sdpBody("v=0\r\n"),
  });
  expect(dressed.headers.all("User-Agent")).toEqual(["Mine"]);
  expect(dressed.headers.all("P-Asserted-Identity")).toEqual(["<sip:a@b>", "<tel:+1>"]);
  expect(dressed.headers.all("Via")).toHaveLength(1);
  expect(dressed.headers.get("Call-ID")).toBe("test-call");
  expect(dressed.headers.get("To")).toBe("<sip:a@b>");
  expect(dressed.headers.get("Allow")).toBe("INVITE, BYE");
  expect(dressed.headers.get("Content-Type")).toBe("application/sdp");
  const read = parseMessage(formatMessage(dressed));
  expect(read.ok && read.value.headers.has("Route")).toBe(false);
});

test("a response that makes a dialog has Record-Route as written, Contact and capabilities, a failure has not", () => {
  const recordRoute = "<sip:1.1.1.1;lr;a=b>,  <sip:2.2.2.2;lr>";
  const invite = request("INVITE", "sip:a@b", { "Record-Route": recordRoute, Timestamp: "1" });
  const ok = reply(invite, 200, profile, { toTag: "tag", contact: "<sip:us@h>" });
  expect([...ok.headers]).toEqual([
    ["Via", "SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK-test-1;rport"],
    ["From", "<sip:caller@127.0.0.1:5080>;tag=caller-tag"],
    ["To", "<sip:a@b>;tag=tag"],
    ["Call-ID", "test-call"],
    ["CSeq", "1 INVITE"],
    ["Record-Route", recordRoute],
    ["Contact", "<sip:us@h>"],
    ["Allow", "INVITE, BYE"],
    ["Server", "Trunkline/1"],
  ]);
  const busy = reply(invite, 486, profile, { toTag: "tag", contact: "<sip:us@h>", reason: "Gone Fishing" });
  expect(busy.reason).toBe("Gone Fishing");
  expect([...busy.headers].map(([name]) => name)).toEqual(["Via", "From", "To", "Call-ID", "CSeq", "Server"]);
  expect(reply(invite, 100, profile, { toTag: "tag" }).headers.get("To")).toBe("<sip:a@b>");
});
