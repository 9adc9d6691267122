import { expect, test } from "vitest";
import { parseMessage } from "./parse.ts";
import { salvage } from "./salvage.ts";

const lines = [
  "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
  "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2",
  "From: sip:a@example.com;tag=1",
  "t: sip:b@example.com",
  "To: sip:c@example.com",
  "i:",
  " c1",
  "CSeq: 99999999999 INVITE",
  "X: y",
];
const request = (startLine: string, fields = lines) =>
  Buffer.from(`${startLine}\r\n${fields.join("\r\n")}\r\n\r\nbody`);

test("the headers of a refused request are there for its 400, in order and once", () => {
  const input = request("INVITE sip:b@example.com SIP/2.0");
  expect(parseMessage(input).ok).toBe(false);
  const saved = salvage(input);
  expect(saved).toMatchObject({ status: 400, request: { method: "INVITE", uri: "sip:b@example.com" } });
  expect([...saved!.request.headers]).toEqual([
    ["v", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
    ["Via", "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2"],
    ["From", "sip:a@example.com;tag=1"],
    ["t", "sip:b@example.com"],
    ["i", "c1"],
    ["CSeq", "99999999999 INVITE"],
  ]);
});

test("another version is answered 505", () => {
  expect(salvage(request("OPTIONS sip:b@example.com SIP/7.0"))?.status).toBe(505);
});

test("what is too large is answered 513, or 413 when it is the body", () => {
  const line = "OPTIONS sip:b@example.com SIP/2.0";
  const long = Array.from({ length: 5 }, () => `X: ${"x".repeat(8000)}`);
  expect(salvage(request(line, [...lines, ...long]))?.status).toBe(513);
  expect(salvage(Buffer.concat([request(line), Buffer.alloc(70_000)]))?.status).toBe(513);
  expect(salvage(Buffer.concat([request(line), Buffer.alloc(50_000)]))?.status).toBe(413);
});

test("a request without its empty line can still be answered", () => {
  expect(salvage(Buffer.from(`\r\nOPTIONS sip:b SIP/2.0\r\n${lines[0]}\r\n`))?.request.headers.has("Via")).toBe(true);
});

test.each([
  ["a response", request("SIP/2.0 4294967301 OK")],
  ["an ACK", request("ACK sip:b@example.com SIP/2.0")],
  ["a request without Via", request("OPTIONS sip:b@example.com SIP/2.0", lines.slice(2))],
  ["no message", Buffer.of(0, 1, 2, 255)],
  ["nothing", new Uint8Array()],
])("%s is never answered", (_, input) => {
  expect(salvage(input)).toBeUndefined();
});
