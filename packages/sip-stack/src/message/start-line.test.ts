import fc from "fast-check";
import { expect, test } from "vitest";
import { carefulStartLine, parseStartLine, quickStartLine } from "./start-line.ts";

const space = fc.constantFrom(" ", " ", " ", "  ", "\t", "");
const uri = fc.constantFrom("sip:a@b", "sips:a@b:5061;x=y", "tel:+1", "sip:a@b?X=1", "<sip:a@b>", "sip:%41@b", "");
const version = fc.constantFrom("SIP/2.0", "SIP/2.0", "sip/2.0", "SIP/3.0", "");
const status = fc.constantFrom("200", "486", "99", "700", "1e2", "0200");
const line = fc.oneof(
  fc.tuple(fc.constantFrom("INVITE", "x-y", "", "a b"), space, uri, space, version).map((parts) => parts.join("")),
  fc.tuple(version, space, status, space, fc.constantFrom("OK", "", "Busy Here", "ö")).map((parts) => parts.join("")),
  fc.string().map((text) => `OPTIONS ${text} SIP/2.0`),
  fc.string().map((text) => `SIP/2.0 ${text}`),
);

test("what the quick lane reads, the careful one reads the same", () => {
  let quickly = 0;
  fc.assert(
    fc.property(line, (text) => {
      const quick = quickStartLine(text);
      if (quick === undefined) return;
      quickly += 1;
      expect(carefulStartLine(text)).toEqual({ ok: true, value: quick });
    }),
    { numRuns: 3000 },
  );
  expect(quickly).toBeGreaterThan(20);
});

test("usual lines take the quick lane", () => {
  expect(quickStartLine("INVITE sip:+16185558387@10.0.0.1:5060;transport=UDP SIP/2.0")?.kind).toBe("request");
  expect(quickStartLine("SIP/2.0 486 Busy Here")).toEqual({ kind: "response", status: 486, reason: "Busy Here" });
});

test.each([
  "INVITE sip:a@b SIP/2.0 ",
  "INVITE  sip:a@b SIP/2.0",
  "SIP/2.0 099 Low",
  "SIP/2.0 1e2 Sly",
  "INVITE sip:a@b?X=1 SIP/2.0",
])("%s is refused", (text) => {
  expect(parseStartLine(text).ok).toBe(false);
});
