import { describe, expect, test } from "vitest";
import { networksOf } from "./networks.ts";

describe("ranges of addresses", () => {
  test.each([
    ["203.0.113.0/24", "203.0.113.255", true],
    ["203.0.113.0/24", "203.0.114.0", false],
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.7", "203.0.113.8", false],
    ["0.0.0.0/0", "198.51.100.1", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["203.0.113.0/24", "no address", false],
  ])("%s with %s: %s", (cidr, address, isIn) => {
    expect(networksOf([cidr])(address)).toBe(isIn);
  });

  test("one of several is enough, of none nobody is in", () => {
    const either = networksOf(["203.0.113.0/24", "198.51.100.0/24"]);
    expect(["203.0.113.1", "198.51.100.1", "192.0.2.1"].map(either)).toEqual([true, true, false]);
    expect(networksOf([])("203.0.113.1")).toBe(false);
  });

  test.each(["", "203.0.113.0/33", "203.0.113.0/", "203.0.113.0/24/1", "example.com", "2001:db8::/129", "10.0.0.0/-1"])(
    "%j is none",
    (cidr) => {
      expect(() => networksOf([cidr])).toThrow(expect.objectContaining({ code: "MEDIA_REMOTE_INVALID" }));
    },
  );
});
