import { describe, expect, test } from "vitest";
import { parseMessage } from "../../src/index.ts";
import { datagram, invite, options, register, response, sdp } from "./messages.ts";
import { fateOf } from "./peer.ts";

const line = (startLine: string) => datagram(startLine, { CSeq: "7 OPTIONS" });

describe("what is broken is refused, once, with the reason", () => {
  test.each([
    ["semicolons and commas without parameters in Via", 400, invite({ Via: "SIP/2.0/UDP 10.0.0.9;;,;,," })],
    ["semicolons without parameters in Contact", 400, invite({ Contact: '"Joe" <sip:joe@example.org>;;;;' })],
    ["a Via of commas", 400, options({ Via: ",," })],
    ["a branch that is only the cookie", 400, options({ Via: "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK" })],
    ["Content-Length above the body", 400, invite({ "Content-Length": "9999" })],
    ["Content-Length below zero", 400, invite({ "Content-Length": "-999" })],
    ["Content-Length twice", 400, invite({ "Content-Length": "13", l: "5" })],
    ["a sequence number of 65 bits", 400, register({ CSeq: "36893488147419103232 REGISTER" })],
    ["a sequence number of 2^31", 400, options({ CSeq: "2147483648 OPTIONS" })],
    ["Max-Forwards above 255", 400, options({ "Max-Forwards": "300" })],
    ["an open quote in To", 400, invite({ To: '"Mr. J. User <sip:j.user@example.com>' })],
    ["white space inside the brackets", 400, options({ To: '"Watson, Thomas" < sip:t.watson@example.org >' })],
    ["brackets around the Request-URI", 400, line("OPTIONS <sip:user@example.com> SIP/2.0")],
    ["white space in the Request-URI", 400, line("OPTIONS sip:user@example.com; lr SIP/2.0")],
    ["white space doubled in the start line", 400, line("OPTIONS  sip:user@example.com  SIP/2.0")],
    ["white space after the start line", 400, line("OPTIONS sip:user@example.com SIP/2.0  ")],
    ["headers in the Request-URI", 400, line("OPTIONS sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0")],
    ["an IPv6 host without brackets", 400, line("OPTIONS sip:2001:db8::10 SIP/2.0")],
    [
      "a question mark in a Contact without brackets",
      400,
      register({ Contact: "sip:u@example.com?Route=%3Csip:h%3E" }),
    ],
    [
      "another version of SIP",
      505,
      datagram("OPTIONS sip:user@example.com SIP/7.0", { Via: "SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw" }),
    ],
    ["a method that CSeq does not name", 400, options({ CSeq: "8 INVITE" })],
    [
      "an unknown method that CSeq does not name",
      400,
      datagram("NEWMETHOD sip:user@example.com SIP/2.0", { CSeq: "8 INVITE" }),
    ],
    ["no Call-ID, From and To", 400, invite({ "Call-ID": undefined, From: undefined, To: undefined })],
    [
      "values that may come once, twice",
      400,
      invite({ CSeq: ["5 INVITE", "59 INVITE"], "Call-ID": ["1", "2"], To: ["sip:a@h.example", "sip:b@h.example"] }),
    ],
    ["no empty line at the end", 400, options().subarray(0, -2)],
    ["a stray line break in a header", 400, options({ Subject: "one\nEvil: two" })],
    ["a header without a name", 400, options({ "": "x" })],
    ["more headers than there may be", 400, options({ "X-Many": Array(130).fill("x") })],
    ["a header longer than it may be", 400, options({ "X-Long": "x".repeat(17_000) })],
    ["headers larger than they may be together", 513, options({ "X-Long": Array(5).fill("x".repeat(8000)) })],
    ["a body larger than it may be", 413, options({}, "x".repeat(50_000))],
    ["an unknown scheme in the Request-URI", 416, line("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0")],
    ["a scheme of another protocol in the Request-URI", 416, line("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0")],
    [
      "extensions that are required and unknown",
      420,
      options({ Require: "nothingSupportsThis, norThis", "Proxy-Require": "noProxy" }),
    ],
    [
      "a session in a format that nobody knows",
      415,
      invite({ "Content-Type": "application/unknownformat" }, "<audio/>"),
    ],
    ["a session that is encoded", 415, invite({ "Content-Encoding": "gzip" })],
    [
      "a multipart body without SDP",
      415,
      invite({ "Content-Type": "multipart/mixed;boundary=b" }, "--b\r\n\r\nx\r\n--b--"),
    ],
    [
      "a multipart body that is not closed",
      415,
      invite({ "Content-Type": "multipart/mixed;boundary=b" }, `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}`),
    ],
    ["a multipart body without a boundary", 415, invite({ "Content-Type": "multipart/mixed" })],
    ["a caller who accepts no SDP", 406, invite({ Accept: "text/nobodyKnowsThis, application/sdp;q=0" })],
    ["a caller who accepts nothing", 406, invite({ Accept: "" })],
  ])("%s: %i", async (_, status, bytes) => {
    const { status: got, responses, refused, reason } = await fateOf(bytes);
    expect([got, responses.length, Object.values(refused)], reason).toEqual([status, 1, [1]]);
  });

  test("420 names what is required of us and not what is required of proxies, 415 and 406 what would do", async () => {
    const unsupported = await fateOf(options({ Require: "nothingSupportsThis, norThis", "Proxy-Require": "noProxy" }));
    expect(unsupported.responses[0]).toContain("\r\nUnsupported: nothingSupportsThis, norThis\r\n");
    const foreign = await fateOf(invite({ "Content-Type": "application/unknownformat" }, "<audio/>"));
    expect(foreign.responses[0]).toContain("\r\nAccept: application/sdp\r\n");
    const encoded = await fateOf(invite({ "Content-Encoding": "gzip" }));
    expect(encoded.responses[0]).toContain("\r\nAccept-Encoding: identity\r\n");
  });

  test("a refusal repeats what a client needs to find its request, as it was written", async () => {
    const via = "SIP/2.0/UDP 10.0.0.9;;,;,,";
    const { responses } = await fateOf(invite({ Via: via }));
    const answer = parseMessage(Buffer.from(responses[0]!.replace(via, "SIP/2.0/UDP 10.0.0.9;branch=1")));
    expect(responses[0]).toContain(`\r\nVia: ${via}\r\n`);
    expect(answer.ok && answer.value.headers.get("Call-ID")).toBe("rule-1@10.0.0.9");
    expect(answer.ok && answer.value.headers.get("CSeq")).toBe("7 INVITE");
  });
});

describe("what may not be answered is dropped and counted", () => {
  test.each([
    ["a status of 33 bits", response("SIP/2.0 4294967301 better not break the receiver")],
    ["a status below 100", response("SIP/2.0 099 Odd")],
    ["a status above 699", response("SIP/2.0 700 Odd")],
    ["a response of another version", response("SIP/3.0 200 OK")],
    [
      "a response with a sequence number of 65 bits",
      response("SIP/2.0 200 OK", { CSeq: "9292394834772304023312 OPTIONS" }),
    ],
    [
      "a response that is another's, a broadcast address in its Via",
      response("SIP/2.0 200 OK", {
        Via: ["SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1", "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2"],
      }),
    ],
    ["a broken ACK", datagram("ACK sip:user@example.com SIP/2.0", { To: "<" })],
    ["a request without Via", options({ Via: undefined })],
    ["bytes", Uint8Array.from({ length: 300 }, (_, at) => at * 7)],
  ])("%s", async (_, bytes) => {
    const { status, read, refused } = await fateOf(bytes);
    expect([status, read, Object.values(refused)]).toEqual([undefined, false, [1]]);
  });
});
