import { describe, expect, test } from "vitest";
import { formatUri, isUri, parseUri, plainUser } from "./uri.ts";

const read = (text: string) => {
  const uri = parseUri(text);
  if (!uri.ok) throw new Error(uri.why);
  return uri.value;
};

describe("SIP URIs", () => {
  test("every part is found and kept as written", () => {
    expect(read("SIPS:Al%20x:pw@[2001:DB8::1]:5061;Transport=TLS;lr?Subject=a&b=c")).toEqual({
      scheme: "sips",
      user: "Al%20x",
      password: "pw",
      host: "[2001:DB8::1]",
      port: 5061,
      params: new Map([
        ["transport", "TLS"],
        ["lr", undefined],
      ]),
      headers: "Subject=a&b=c",
    });
  });

  test("a number's URI needs no user, port or parameters", () => {
    expect(read("sip:Example.com")).toEqual({ scheme: "sip", host: "Example.com", params: new Map() });
  });

  test.each([
    "sip:+16185558387@198.51.100.204:5060;transport=UDP",
    "sip:10.0.58.47:5060;alias=10.0.58.47~5060~1",
    "sip:3.80.16.13;lr;ftag=9eXmFya9j7Hpa;did=c71.2ee3;nat=yes",
    "sip:sips%3Auser%40example.com@example.net",
    "sip:%ff%00@h",
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    "sip:a@3f2a9b1c0d7e",
    "sip:a@my_container:5060;lrfoo=1;lr=on",
  ])("writing what was read gives the same text: %s", (text) => {
    expect(formatUri(read(text))).toBe(text);
  });

  test.each([
    "",
    "sip:",
    "sip:a@",
    "tel:+1",
    "sip:a@b@c",
    "sip:a@h:65536",
    "sip:a@h;;lr",
    "sip: a@h",
    "sip:a @h",
    'sip:"a"@h',
    "sip:<a@h",
    "sip:a\r\nb@h",
    "sip:a@127.1",
    "sip:a@2130706433",
    "sip:a@0x7f000001",
    "sip:a@999.1.1.1",
    "sip:a@[::1",
    "sip:a@[zz]",
    "sip:a@h>",
    `sip:${"a".repeat(17_000)}@h`,
  ])("refused: %s", (text) => {
    expect(parseUri(text).ok).toBe(false);
  });

  test.each([
    ["sip:12#34@h", "12#34"],
    ["sip:*21*%@h", "*21*%"],
    ["sip:%zz@h", "%zz"],
    ["sip:Jürgen Müller@h", "Jürgen Müller"],
    ["sip:a|{b}^[c]\\@h:5060;lr", "a|{b}^[c]\\"],
    ["sip:@h", undefined],
    ["sip:@h:", undefined],
    ["sip:a@h:", "a"],
    [`sip:${"%41".repeat(1000)}@h`, "%41".repeat(1000)],
  ])("what peers write beside the grammar is read: %.40s", (text, user) => {
    expect(read(text)).toMatchObject({ host: "h", ...(user !== undefined && { user }) });
    expect(read(text).user).toBe(user);
  });

  test("URIs of other schemes pass as text", () => {
    expect(["tel:+1-201-555-0123;ext=5", "http://h/p?q#f", "urn:uuid:1", "sip:a@h"].map(isUri)).toEqual(
      Array(4).fill(true),
    );
    expect(["", "a", "tel:", "tel:<1>", "tel: 1", "tel:1\n", "sip:;"].map(isUri)).toEqual(Array(7).fill(false));
  });

  test("users are compared in one spelling, and escapes that matter stay", () => {
    expect(plainUser("%2b1618%35%40x%c3%a9")).toBe("+16185%40x%C3%A9");
    expect(plainUser("null-%00-null")).toBe("null-%00-null");
  });
});
