import { describe, expect, test } from "vitest";
import { formatVia, parseVia } from "./via.ts";

describe("Via", () => {
  test.each([
    "SIP/2.0/UDP 10.0.58.47;received=10.0.58.47;rport=5060;branch=z9hG4bKBa834aZp7Hy1r",
    "SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKx;keep;rport",
    "SIP/2.0/UDP [2001:db8::1]:5060;received=2001:db8::2;branch=z9hG4bK2",
    "SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
    "SIP/2.0/TLS-SCTP h:1;branch=z9hG4bK-.!%66*_+`'~",
  ])("writing what was read gives the same text: %s", (text) => {
    const via = parseVia(text);
    expect(via.ok && formatVia(via.value)).toBe(text);
  });

  test("white space may stand around every separator", () => {
    const via = parseVia("SIP  / 2.0  / TCP     spindle.example.com : 5061  ;  branch  =   z9hG4bK9ikj8");
    expect(via).toMatchObject({ ok: true, value: { transport: "TCP", host: "spindle.example.com", port: 5061 } });
    expect(via.ok && via.value.params.get("branch")).toBe("z9hG4bK9ikj8");
  });

  test.each([
    "received=1.2.3.4:5060",
    "received=",
    "received=[2001:db8::1]",
    "rport=abc",
    "rport=123456",
    "i=a@b",
    "x=a/b:c",
    "x=é",
    "a=<b>",
  ])("an odd parameter beside the branch costs nothing: %s", (param) => {
    const via = parseVia(`SIP/2.0/UDP h:5070;${param};branch=z9hG4bK1`);
    expect(via).toMatchObject({ ok: true, value: { host: "h", port: 5070 } });
    expect(via.ok && via.value.params.get("branch")).toBe("z9hG4bK1");
  });

  test.each([
    "",
    "SIP/2.0/UDP",
    "SIP/2.0/UDP 192.0.2.15;;",
    "SIP/3.0/UDP h;branch=1",
    "SIP/2.0/UDP h;branch=z9hG4bK",
    "SIP/2.0/UDP h;branch=a b",
    'SIP/2.0/UDP h;"x"=1',
    "SIP/2.0/UDP h:70000",
    "SIP/2.0/UDP a b",
    "SIP/2.0/UDP h;branch=1;branch=2",
    "SIP/2.0/UDP 127.1;branch=1",
    "HTTP/2.0/UDP h",
  ])("refused: %s", (text) => {
    expect(parseVia(text).ok).toBe(false);
  });
});
