import { expect, test } from "vitest";
import { plainAddress } from "./plain-address.ts";

test.each([
  ["203.0.113.5", "203.0.113.5"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:0db8::0001", "2001:db8::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["0::0", "::"],
  ["::ffff:203.0.113.5", "203.0.113.5"],
  ["::FFFF:cb00:7105", "203.0.113.5"],
  ["0:0:0:0:0:ffff:203.0.113.5", "203.0.113.5"],
  ["FE80::1%eth0", "fe80::1%eth0"],
  ["example.com", "example.com"],
  ["", ""],
])("%j is the address %j", (text, address) => {
  expect(plainAddress(text)).toBe(address);
});
