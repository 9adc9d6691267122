import { describe, expect, test } from "vitest";
import { foreign, gateOf, hostAllowed, originAllowed } from "./gate.ts";

const gate = gateOf({
  bind: { address: "192.0.2.7", port: 8080 },
  publicUrl: "https://phone.example.com",
  origins: ["http://localhost:5173"],
});

describe("the Host header", () => {
  test.each([
    "localhost:8080",
    "LocalHost:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "192.0.2.7:8080",
    "phone.example.com",
    "phone.example.com:443",
    "PHONE.Example.COM",
    "localhost:5173",
  ])("%s is ours", (host) => {
    expect(hostAllowed(gate, host)).toBe(true);
  });

  test.each([
    ["nothing", undefined],
    ["an empty name", ""],
    ["a name that was rebound to us", "attacker.example:8080"],
    ["a name that begins with ours", "localhost.attacker.example:8080"],
    ["a name that ends with ours", "notlocalhost:8080"],
    ["an address that a public DNS zone maps to us", "127.0.0.1.nip.example:8080"],
    ["another port", "localhost:8081"],
    ["no port where ours is not the default", "localhost"],
    ["the default port of the wrong scheme", "phone.example.com:80"],
    ["our listener's port on the public name", "phone.example.com:8080"],
    ["a trailing dot, another origin to browsers", "localhost.:8080"],
    ["a trailing dot on the public name", "phone.example.com."],
    ["another loopback address", "127.0.0.2:8080"],
    ["the wildcard address", "0.0.0.0:8080"],
    ["a short form of 127.0.0.1", "127.1:8080"],
    ["a number for 127.0.0.1", "2130706433:8080"],
    ["::1 without brackets", "::1:8080"],
    ["::1 in its long form", "[0:0:0:0:0:0:0:1]:8080"],
    ["an IPv4-mapped address", "[::ffff:127.0.0.1]:8080"],
    ["a user before the name", "localhost@attacker.example:8080"],
    ["our name as the user", "attacker.example@localhost:8080"],
    ["two names", "localhost:8080, attacker.example"],
    ["a space before the name", " localhost:8080"],
    ["a path after the name", "localhost:8080/"],
    ["two headers", ["localhost:8080", "localhost:8080"]],
  ])("%s is refused", (_why, host) => {
    expect(hostAllowed(gate, host)).toBe(false);
  });
});

describe("the Origin header", () => {
  test.each([
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "http://192.0.2.7:8080",
    "https://phone.example.com",
    "HTTPS://Phone.Example.com",
    "http://localhost:5173",
  ])("%s is ours", (origin) => {
    expect(originAllowed(gate, origin)).toBe(true);
  });

  test.each([
    ["nothing", undefined],
    ["an opaque origin", "null"],
    ["another site", "https://attacker.example"],
    ["another port of this machine", "http://localhost:3000"],
    ["the public name without encryption", "http://phone.example.com"],
    ["our address with encryption", "https://localhost:8080"],
    ["a port that the scheme implies, which no browser writes", "https://phone.example.com:443"],
    ["a trailing dot", "http://localhost.:8080"],
    ["a path", "http://localhost:8080/"],
    ["a name below ours", "https://x.phone.example.com"],
    ["a WebSocket scheme", "ws://localhost:8080"],
    ["an extension's page", "chrome-extension://abcdefghijklmnop"],
    ["two origins", "http://localhost:8080 https://attacker.example"],
  ])("%s is refused", (_why, origin) => {
    expect(originAllowed(gate, origin)).toBe(false);
  });
});

test("a listener on port 80 is called with its port and without", () => {
  const web = gateOf({ bind: { address: "192.0.2.7", port: 80 } });
  for (const host of ["localhost", "localhost:80", "192.0.2.7", "[::1]"]) expect(hostAllowed(web, host)).toBe(true);
  expect(originAllowed(web, "http://localhost")).toBe(true);
});

test("an IPv6 address is known in the form in which browsers write it", () => {
  const six = gateOf({ bind: { address: "2001:DB8:0:0::1", port: 8080 } });
  expect(hostAllowed(six, "[2001:db8::1]:8080")).toBe(true);
});

test.each(["0.0.0.0", "::"])("a wildcard bind to %s adds no name", (address) => {
  const wildcard = gateOf({ bind: { address, port: 8080 } });
  expect(hostAllowed(wildcard, "0.0.0.0:8080")).toBe(false);
  expect(hostAllowed(wildcard, "[::]:8080")).toBe(false);
  expect(hostAllowed(wildcard, "127.0.0.1:8080")).toBe(true);
});

test("a public URL or an origin that cannot be read adds nothing and breaks nothing", () => {
  const odd = gateOf({ bind: { address: "fe80::1%lo", port: 8080 }, publicUrl: "not a url", origins: [""] });
  expect([...odd.origins]).toEqual(["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"]);
});

test("an opaque origin never becomes one of ours", () => {
  const odd = gateOf({ bind: { address: "127.0.0.1", port: 8080 }, origins: ["file:///page.html", "about:blank"] });
  expect(originAllowed(odd, "null")).toBe(false);
  expect(hostAllowed(odd, "")).toBe(false);
});

describe("a request", () => {
  const host = "localhost:8080";
  test.each([
    ["a read without Origin", { host }, "read", undefined],
    ["a read from our own page", { host, origin: "http://localhost:8080" }, "read", undefined],
    ["a read from another site", { host, origin: "https://attacker.example" }, "read", "HTTP_FOREIGN_ORIGIN"],
    ["a change without Origin", { host }, "change", "HTTP_FOREIGN_ORIGIN"],
    ["a socket without Origin", { host }, "socket", "HTTP_FOREIGN_ORIGIN"],
    ["a socket from our own page", { host, origin: "http://localhost:8080" }, "socket", undefined],
    [
      "a foreign Host with our Origin",
      { host: "attacker.example", origin: "http://localhost:8080" },
      "socket",
      "HTTP_FOREIGN_HOST",
    ],
  ] as const)("%s", (_what, headers, kind, code) => {
    expect(foreign(gate, headers, kind)?.code).toBe(code);
  });
});
