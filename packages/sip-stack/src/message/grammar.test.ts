import fc from "fast-check";
import { Grammar } from "sip.js/lib/grammar/grammar.js";
import type { NameAddrHeader } from "sip.js/lib/grammar/name-addr-header.js";
import type { URI } from "sip.js/lib/grammar/uri.js";
import { describe, expect, test, vi } from "vitest";
import { parseCSeq } from "./cseq.ts";
import { follows } from "./grammar.ts";
import { limits } from "./limits.ts";
import { parseNameAddr, quickDisplay } from "./name-addr.ts";
import { type Params, quickParams } from "./params.ts";
import { parseMessage } from "./parse.ts";
import { parseUri, quickUri } from "./uri.ts";
import { parseVia, quickVia } from "./via.ts";

// The quick lanes know more than the grammar in four places: parameters beginning with "lr" (the grammar takes every one
// for `lr` itself), hosts whose last label begins with a digit or that have underscores, Via transports with hyphens, and [::].
const alphabet = (characters: string, maxLength = 8) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
const letters = "abXYZ019";
const token = alphabet(`${letters}-.!%*_+\`'~`);
const paramName = token.filter((name) => !/^lr/i.test(name));
const label = fc.constantFrom("a", "b1", "ab-c", "x--y", "EX");
const address = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })))
  .map((parts) => parts.join("."));
const host = fc.oneof(
  address,
  fc
    .ipV6()
    .filter((text) => text !== "::")
    .map((text) => `[${text}]`),
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join(".")),
);
const port = fc.option(fc.integer({ min: 0, max: 65_535 })).map((number) => (number === null ? "" : `:${number}`));
const uriChars = `${letters}-_.!~*'()/:&+$`;
const params = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(name, fc.option(value)), { maxLength: 4, selector: ([key]) => key.toLowerCase() })
    .map((all) => all.map(([key, text]) => (text === null ? `;${key}` : `;${key}=${text}`)).join(""));
const uri = fc
  .tuple(
    fc.constantFrom("sip:", "sips:"),
    fc.oneof(
      fc.constant(""),
      alphabet(`${letters}-_.!~*'()&=+$,;?/`).map((user) => `${user}@`),
    ),
    host,
    port,
    params(
      alphabet(uriChars).filter((name) => !/^lr/i.test(name)),
      alphabet(uriChars),
    ),
  )
  .map((parts) => parts.join(""));
const headerValue = fc.oneof(
  token,
  alphabet(`${letters} ;,<>`).map((text) => `"${text}"`),
);
const headerParams = params(paramName, headerValue);

const lowerValues = (map: Params) =>
  Object.fromEntries([...map].map(([name, value]) => [name, value?.toLowerCase() ?? null]));
const lowered = (record: Record<string, string | null>) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value?.toLowerCase() ?? null]));
const own = (record: object) => lowered({ ...record } as Record<string, string | null>);

describe("the quick lanes agree with the grammar", () => {
  test("on SIP URIs, whole and part by part", () => {
    const property = fc.property(uri, (text) => {
      expect(quickUri(text), text).toBeDefined();
      const theirs = Grammar.URIParse(text) as URI;
      const ours = parseUri(text);
      if (!ours.ok) throw new Error(ours.why);
      const { scheme, user, port: number, params: found } = ours.value;
      expect([scheme, user, ours.value.host.toLowerCase(), number]).toEqual([
        theirs.scheme,
        theirs.user,
        theirs.host,
        theirs.port,
      ]);
      expect(lowerValues(found)).toEqual(own((theirs as unknown as { parameters: object }).parameters));
    });
    fc.assert(property, { numRuns: 400 });
  });

  test("on name-addr, whole and part by part", () => {
    const display = fc.oneof(
      fc.constant(""),
      token,
      fc.tuple(token, token).map((pair) => pair.join(" ")),
      headerValue.filter((v) => v.startsWith('"')),
    );
    const property = fc.property(display, uri, headerParams, (name, inside, tail) => {
      const text = `${name} <${inside}>${tail}`;
      expect(quickDisplay.test(name) && quickParams(tail, 0), text).toBeTruthy();
      const theirs = Grammar.nameAddrHeaderParse(text) as NameAddrHeader;
      const ours = parseNameAddr(text);
      if (!ours.ok) throw new Error(ours.why);
      expect(ours.value.displayName ?? "").toBe(theirs.displayName ?? "");
      expect(lowerValues(ours.value.params)).toEqual(own((theirs as unknown as { parameters: object }).parameters));
    });
    fc.assert(property, { numRuns: 400 });
  });

  test("on Via, whole and part by part", () => {
    const transport = alphabet(letters.concat("_.!+"));
    const rest = params(
      paramName.filter((name) => !/^(?:ttl|maddr|received|branch|rport)$/i.test(name)),
      headerValue,
    );
    const property = fc.property(transport, host, port, token, rest, (protocol, place, number, branch, tail) => {
      const text = `SIP/2.0/${protocol} ${place}${number};branch=${branch}${tail}`;
      expect(quickVia(text), text).toBeDefined();
      const theirs = Grammar.parse(text, "Via") as { transport: string; host: string; port?: number; branch: string };
      const ours = parseVia(text);
      if (!ours.ok) throw new Error(ours.why);
      expect([ours.value.transport, ours.value.host, ours.value.port]).toEqual([
        theirs.transport,
        theirs.host,
        theirs.port,
      ]);
      expect(ours.value.params.get("branch")).toBe(theirs.branch);
    });
    fc.assert(property, { numRuns: 400 });
  });

  test("on CSeq", () => {
    const property = fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), token, (number, method) => {
      const theirs = Grammar.parse(`${number} ${method}`, "CSeq") as { value: number; method: string };
      expect(parseCSeq(`${number} ${method}`)).toEqual({ ok: true, value: { number: theirs.value, method } });
    });
    fc.assert(property, { numRuns: 200 });
  });
});

test("the grammar is not asked about values beyond its limit", () => {
  const via = (length: number) => `SIP/2.0/UDP h;x=${"a".repeat(length - 16)}`;
  expect(follows("Via", via(limits.grammarChars))).toBe(true);
  expect(follows("Via", via(limits.grammarChars + 1))).toBe(false);
});

test("an escape that is not UTF-8 is still an escape", () => {
  expect(follows("Via", "SIP/2.0/UDP h;x=%ff")).toBe(true);
});

test("a message asks the grammar once however many values it carries", () => {
  const asked = vi.spyOn(Grammar, "parse");
  const contacts = `${"Contact: sip:%41@b,sip:%41@b\r\n".repeat(100)}m: ${"sip:%41@b,".repeat(800)}\r\n`;
  const vias = `Via: ${"SIP/2.0/UDP  h;branch=1,".repeat(300)}\r\n`;
  const rest = "From: <sip:%41@b>;tag=1\r\nTo: <sip:%41@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n";
  const message = parseMessage(Buffer.from(`INVITE sip:%41@b SIP/2.0\r\n${vias}${contacts}${rest}\r\n`));
  expect(message.ok && message.value.headers.all("Contact").length).toBe(1000);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});
