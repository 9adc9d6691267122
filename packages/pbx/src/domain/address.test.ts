import { expect, test } from "vitest";
import { formatHostPort, isLoopback, isPrivate, readCidr, readHostPort } from "./address.ts";

test.each([
  ["127.0.0.1:5060", { address: "127.0.0.1", port: 5060 }],
  ["[::1]:80", { address: "::1", port: 80 }],
  ["localhost:80", undefined],
  ["127.0.0.1", undefined],
  ["127.0.0.1:65536", undefined],
  ["::1:80", undefined],
])("%s reads as an address and port", (text, expected) => {
  expect(readHostPort(text)).toEqual(expected);
  if (expected !== undefined) expect(formatHostPort(expected)).toBe(text);
});

test.each([
  ["3.80.16.0/23", "3.80.17.255", true],
  ["3.80.16.0/23", "3.80.18.0", false],
  ["127.0.0.9", "127.0.0.9", true],
  ["127.0.0.9", "127.0.0.10", false],
  ["2001:db8::/32", "2001:db8:1::5", true],
  ["10.0.0.0/8", "not an address", false],
])("%s and %s", (range, address, inside) => {
  expect(readCidr(range)?.contains(address)).toBe(inside);
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "example.com", "1.2.3.4/-1"])("%s is no range", (text) => {
  expect(readCidr(text)).toBeUndefined();
});

test("loopback and private networks are told from public ones", () => {
  expect(["127.8.8.8", "::1", "10.1.2.3", "198.51.100.1"].map(isLoopback)).toEqual([true, true, false, false]);
  expect(["172.31.0.1", "192.168.1.1", "fe80::1", "172.32.0.1"].map(isPrivate)).toEqual([true, true, true, false]);
});

test.each([
  ["[2001:DB8:0:0::1]:5060", "2001:db8::1"],
  ["[::FFFF:192.0.2.7]:5060", "192.0.2.7"],
])("%s is an address in its one spelling, %s", (text, address) => {
  expect(readHostPort(text)).toEqual({ address, port: 5060 });
});

test("networks know their addresses in every spelling, and IPv4 that is carried in IPv6", () => {
  const contains = (range: string, address: string) => readCidr(range)?.contains(address);
  expect(contains("2001:0DB8:0::/48", "2001:db8::7")).toBe(true);
  expect(contains("2001:db8::7", "2001:DB8:0:0:0:0:0:7")).toBe(true);
  expect(contains("192.0.2.0/24", "::ffff:192.0.2.7")).toBe(true);
  expect(contains("192.0.2.0/24", "::ffff:c000:207")).toBe(true);
  expect(contains("::ffff:192.0.2.0/120", "192.0.2.7")).toBe(true);
  expect(contains("192.0.2.0/24", "::ffff:192.0.3.7")).toBe(false);
});
