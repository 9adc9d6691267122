import { describe, expect, test } from "vitest";
import { formatMessage } from "./format.ts";
import { headers } from "./headers.ts";
import { limits } from "./limits.ts";
import { parseMessage } from "./parse.ts";

const needed = {
  Via: "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
  From: "<sip:a@example.com>;tag=1",
  To: "<sip:b@example.com>",
  "Call-ID": "c1",
  CSeq: "1 OPTIONS",
};

function bytes(overrides: Record<string, string> = {}, body = "", startLine = "OPTIONS sip:b@example.com SIP/2.0") {
  const lines = Object.entries({ ...needed, ...overrides }).filter(([, value]) => value !== "-");
  return Buffer.from(`${startLine}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
}

function read(input: Uint8Array) {
  const message = parseMessage(input);
  if (!message.ok) throw new Error(message.why);
  return message.value;
}

function why(input: Uint8Array): string {
  const message = parseMessage(input);
  return message.ok ? "accepted" : message.why;
}

describe("framing", () => {
  test("line breaks before the message are skipped", () => {
    expect(read(Buffer.concat([Buffer.from("\r\n\r\n"), bytes()]))).toMatchObject({ method: "OPTIONS" });
  });

  test("folded lines are joined by one space", () => {
    const folded = bytes({ Subject: "one  \r\n \t two\r\n\tthree", TO: "\r\n <sip:b@example.com>", To: "-" });
    expect(read(folded).headers.get("Subject")).toBe("one two three");
    expect(read(folded).headers.get("To")).toBe("<sip:b@example.com>");
  });

  test("Content-Length counts bytes, and octets beyond it are ignored", () => {
    expect(Buffer.from(read(bytes({ l: "3" }, "é1INVITE sip:x@y SIP/2.0\r\n\r\n")).body).toString()).toBe("é1");
  });

  test("lines may all end with a bare line feed, and the body stays as it is", () => {
    const text = bytes({ Subject: "one\r\n two" }, "v=0\r\n\r\n").toString();
    const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s);
    const message = read(Buffer.from(`\n\n${head.replaceAll("\r\n", "\n")}\n\n${body}`));
    expect(message.headers.get("Subject")).toBe("one two");
    expect(Buffer.from(message.body).toString()).toBe("v=0\r\n\r\n");
  });

  test("without Content-Length the body is the rest", () => {
    expect(read(bytes({}, "rest")).body).toHaveLength(4);
  });

  test.each([
    ["body is shorter than Content-Length", bytes({ "Content-Length": "3" }, "é")],
    ["Content-Length: is not a number", bytes({ "Content-Length": "-1" })],
    ["no empty line after the headers", bytes().subarray(0, -2)],
    ["no empty line after the headers", new Uint8Array()],
    ["no empty line after the headers", Buffer.from("\r\n\r\n")],
    ["message is too large", bytes({}, "x".repeat(limits.messageBytes))],
    [
      "headers are too large",
      bytes(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`X${i}`, "x".repeat(8000)]))),
    ],
    ["header field is too long or has a stray line break", bytes({ X: "x".repeat(limits.fieldChars) })],
    ["too many header fields", bytes(Object.fromEntries(Array.from({ length: 124 }, (_, i) => [`X${i}`, "x"])))],
    ["header field has no name", bytes({ "X y": "1" })],
    ["header field has no name", bytes({ X: "1\r\nno colon" })],
    ["header field is too long or has a stray line break", bytes({ X: "1\nEvil: 2" })],
    ["start line is too long or has a stray line break", bytes({}, "", "OPTIONS sip:b\nx SIP/2.0")],
  ])("refused: %s", (reason, input) => {
    expect(why(input)).toBe(reason);
  });
});

describe("start lines", () => {
  test("an unusual method and a URI of any scheme pass", () => {
    const cseq = { CSeq: "1 !odd-Method%" };
    expect(read(bytes(cseq, "", "!odd-Method% tel:+1 SIP/2.0"))).toMatchObject({
      method: "!odd-Method%",
      uri: "tel:+1",
    });
  });

  test("a status line may have no reason", () => {
    expect(read(bytes({}, "", "SIP/2.0 100 "))).toMatchObject({ kind: "response", status: 100, reason: "" });
    expect(read(bytes({}, "", "SIP/2.0 100"))).toMatchObject({ status: 100, reason: "" });
    expect(read(bytes({}, "", "SIP/2.0 606 Не могу"))).toMatchObject({ status: 606, reason: "Не могу" });
  });

  test.each([
    "OPTIONS <sip:b@example.com> SIP/2.0",
    "OPTIONS sip:b@example.com?Route=%3Csip:x%3E SIP/2.0",
    "OPTIONS  sip:b@example.com SIP/2.0",
    "OPTIONS sip:b@example.com  SIP/2.0",
    "OPTIONS sip:b@example.com; lr SIP/2.0",
    "OPTIONS sip:b@example.com SIP/7.0",
    "OPTIONS sip:b@example.com",
    "OPT\u0001IONS sip:b@example.com SIP/2.0",
    "SIP/2.0 4294967301 OK",
    "SIP/2.0 099 OK",
    "SIP/2.0 700 OK",
    "SIP/3.0 200 OK",
    "",
  ])("refused: %s", (line) => {
    expect(why(bytes({}, "", line))).not.toBe("accepted");
  });
});

describe("the headers that every message has", () => {
  test.each(Object.keys(needed))("%s must be there", (name) => {
    expect(why(bytes({ [name]: "-" }))).toBe(`${name}: missing`);
  });

  test.each([
    [{ f: "<sip:x@y>;tag=2" }, "from: comes twice"],
    [{ i: "c2" }, "call-id: comes twice"],
    [{ "Content-Length": "0", l: "1" }, "content-length: comes twice"],
    [{ CSeq: "1 INVITE" }, "CSeq: method is not the request's"],
    [{ CSeq: "2147483648 OPTIONS" }, "CSeq: CSeq number is 2^31 or more"],
    [{ Via: "SIP/2.0/UDP 192.0.2.15;;,;,," }, "Via: parameter without a name"],
    [{ Via: "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" }, "Via: Via branch is only the cookie"],
    [{ From: "Bell, Alexander <sip:a@h>;tag=" }, "From: display name or parameters are malformed"],
    [{ "Call-ID": "a b" }, "Call-ID: has white space"],
    [{ "Max-Forwards": "300" }, "Max-Forwards: is not a number from 0 to 255"],
    [{ Contact: '"Joe" <sip:joe@example.org>;;;;' }, "Contact: display name or parameters are malformed"],
  ])("refused with its name: %o", (overrides, reason) => {
    expect(why(bytes(overrides))).toBe(reason);
  });

  test.each([
    { f: needed.From },
    { "Content-Length": "0", l: "0" },
    { "Content-Length": "" },
    { "Content-Length": "0000000000000" },
    { "Session-Expires": "1800", x: "90;refresher=uac" },
    { Expires: "60", EXPIRES: "120" },
    { Identity: "a".repeat(9000) },
  ])("what comes twice and is no contradiction is taken, and so is what is long: %.60o", (overrides) => {
    expect(why(bytes(overrides as unknown as Record<string, string>))).toBe("accepted");
  });

  test("a response is taken although a header is no number or has no name, for no other will come", () => {
    const ok = (fields: Record<string, string>) => why(bytes(fields, "", "SIP/2.0 200 OK"));
    expect(ok({ "Content-Length": "none" })).toBe("accepted");
    expect(ok({ "Max-Forwards": "many" })).toBe("accepted");
    expect(ok({ X: "1\r\nno colon" })).toBe("accepted");
    expect(ok({ CSeq: "1 OPTIONS\r\nCSeq: 2 OPTIONS" })).toBe("cseq: comes twice");
  });

  test("a failure says where the header stands", () => {
    const input = bytes({ CSeq: "x" });
    expect(parseMessage(input)).toMatchObject({ at: input.indexOf("CSeq") });
  });

  test("an odd Contact does not spoil a response, nor a star a request", () => {
    expect(why(bytes({ Contact: "<<>" }, "", "SIP/2.0 200 OK"))).toBe("accepted");
    expect(why(bytes({ Contact: "*" }))).toBe("accepted");
  });
});

describe("writing", () => {
  test("Content-Length is the body's, in the place where it stood or at the end", () => {
    const body = Buffer.from("é");
    const message = { kind: "response", status: 200, reason: "OK", body } as const;
    const text = (fields: [string, string][]) =>
      Buffer.from(formatMessage({ ...message, headers: headers(fields) })).toString();
    expect(
      text([
        ["l", "99"],
        ["X", "1"],
        ["l", "98"],
      ]),
    ).toBe("SIP/2.0 200 OK\r\nl: 2\r\nX: 1\r\n\r\né");
    expect(text([["X", "1"]])).toBe("SIP/2.0 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\né");
  });

  test("a line break in the start line cannot become a header", () => {
    const message = {
      kind: "response",
      status: 200,
      reason: "OK\r\nEvil: 1",
      headers: headers(),
      body: new Uint8Array(),
    } as const;
    expect(Buffer.from(formatMessage(message)).toString()).toBe("SIP/2.0 200 OK Evil: 1\r\nContent-Length: 0\r\n\r\n");
  });

  test("what was not UTF-8 goes out as it came in", () => {
    const input = Buffer.from(bytes({ From: '"\u00e9" <sip:a@b>', "Content-Length": "0" }).toString(), "latin1");
    expect(Buffer.from(formatMessage(read(input))).equals(input)).toBe(true);
  });
});
