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
