import { isIPv4 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isHost } from "./host.ts";

const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom("", "00", "01", "0", "256", "1000", "a", "1 "),
);

test("four dotted numbers are a host exactly where the system takes them for an address", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 5 }), (numbers) => {
      const text = numbers.join(".");
      if (/^[\d.]*$/.test(text)) expect(isHost(text)).toBe(isIPv4(text));
    }),
    { numRuns: 3000 },
  );
});
