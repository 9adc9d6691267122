import { expect, test } from "vitest";
import { request } from "../testing/request.ts";
import { cancelOf } from "./derived-requests.ts";
import { clientKey, serverKey } from "./key.ts";

const uri = "sip:bob@10.0.0.2";
const via = "SIP/2.0/UDP Host.example:5080;branch=z9hG4bK-1";

test("ACK and CANCEL name the INVITE that has their branch and sent-by", () => {
  const invite = serverKey(request("INVITE", uri, { Via: via }));
  expect(serverKey(request("ACK", uri, { Via: via.replace("Host", "host") }))).toBe(invite);
  expect(serverKey(request("CANCEL", uri, { Via: via }), "INVITE")).toBe(invite);
  expect(serverKey(request("CANCEL", uri, { Via: via }))).not.toBe(invite);
  expect(serverKey(request("INVITE", uri, { Via: via.replace("5080", "5081") }))).not.toBe(invite);
});

test("a branch without the cookie is matched by what a client of RFC 2543 keeps the same", () => {
  const old = { Via: "SIP/2.0/UDP 10.0.0.1:5060;branch=1" };
  const invite = serverKey(request("INVITE", uri, { ...old, CSeq: "7 INVITE" }));
  expect(serverKey(request("ACK", uri, { ...old, CSeq: "7 ACK", To: `<${uri}>;tag=x` }))).toBe(invite);
  expect(serverKey(request("ACK", uri, { ...old, CSeq: "8 ACK" }))).not.toBe(invite);
  expect(serverKey(request("INVITE", uri, { ...old, "Call-ID": "other", CSeq: "7 INVITE" }))).not.toBe(invite);
});

test("a client's key is its branch and method, a CANCEL's the INVITE's branch and its own method", () => {
  const invite = request("INVITE", uri, { Via: via, Route: "<sip:10.0.0.9;lr>", CSeq: "7 INVITE" });
  const cancel = cancelOf(invite);
  expect(clientKey(invite)).toBe("z9hG4bK-1 INVITE");
  expect(clientKey(cancel)).toBe("z9hG4bK-1 CANCEL");
  expect([...cancel.headers].map(([name]) => name)).toEqual([
    "Via",
    "Route",
    "Max-Forwards",
    "From",
    "To",
    "Call-ID",
    "CSeq",
  ]);
});
