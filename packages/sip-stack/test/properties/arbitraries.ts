import fc from "fast-check";

const from = (characters: string, maxLength = 8) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
const letters = "abXYZ019";

/** RFC 3261 section 25.1: token. */
export const token = from(`${letters}-.!%*_+\`'~`);

/** The parts of a header's parameters; no name comes twice. */
const params = (value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(from(letters), fc.option(value)), { maxLength: 4, selector: ([name]) => name.toLowerCase() })
    .map((all) => all.map(([name, text]) => (text === null ? name : `${name}=${text}`)));

const quoted = fc
  .string({ unit: fc.constantFrom(...`${letters} ;,<>()@é\u0416\u{1f600}`, '\\"', "\\\\"), maxLength: 10 })
  .map((text) => `"${text}"`);

const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((text) => `[${text}]`),
  fc.constantFrom("a", "b1.example", "ab-c.EXAMPLE.com", "x--y.z"),
);
const port = fc.option(fc.integer({ min: 0, max: 65_535 })).map((number) => (number === null ? "" : `:${number}`));

/** SIP URIs with escapes, passwords, IPv6 hosts, parameters and headers. */
export const sipUri = fc
  .tuple(
    fc.constantFrom("sip:", "sips:", "SIP:"),
    fc.option(
      fc.tuple(from(`${letters}-_.!~*'()&=+$,;?/`), fc.constantFrom("", "%40", "%ff%00"), fc.constantFrom("", ":pw")),
    ),
    host,
    port,
    params(from(`${letters}[]/:&+$`)),
    fc.constantFrom("", "", "?Subject=a&Route=%3Csip:b%3E"),
  )
  .map(([scheme, user, place, number, parameters, fields]) => {
    const name = user === null ? "" : `${user.join("")}@`;
    return `${scheme}${name}${place}${number}${parameters.map((text) => `;${text}`).join("")}${fields}`;
  });

/** Pieces of a From, To or Contact value; joined with or without white space they mean the same. */
export const nameAddr = fc.tuple(
  fc.oneof(
    fc.constant(""),
    quoted,
    fc.array(token, { minLength: 1, maxLength: 3 }).map((words) => words.join(" ")),
  ),
  fc.oneof(sipUri, fc.constantFrom("tel:+1-201-555-0123;ext=5", "urn:service:sos", "http://h.example/p?q#f")),
  params(fc.oneof(token, quoted, host)),
);

/** Pieces of a Via value: protocol, sent-by, parameters. */
export const via = fc.tuple(
  fc.constantFrom("UDP", "TCP", "TLS", "WSS", "UNKNOWN"),
  fc.tuple(host, port).map((parts) => parts.join("")),
  params(fc.oneof(token, quoted)),
);

const nameless = /^(?:via|from|to|call-id|cseq|contact|max-forwards|content-length|content-type|[a-z])$/i;

/** Header fields of any kind but those that every message has: their text is never looked at. */
export const foreignFields = fc.array(
  fc.tuple(
    fc
      .oneof(token, fc.constantFrom("Allow", "Supported", "X-Odd", "P-Asserted-Identity"))
      .filter((name) => !nameless.test(name)),
    fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, "").trim()),
  ),
  { maxLength: 6 },
);
