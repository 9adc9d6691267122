import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bodyText,
  formatMessage,
  formatNameAddr,
  formatUri,
  formatVia,
  headers,
  type Parsed,
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  type SipMessage,
} from "../../src/index.ts";
import { foreignFields, nameAddr, sipUri, token, via } from "./arbitraries.ts";

function known<T>(parsed: Parsed<T>, text: string): T {
  if (!parsed.ok) throw new Error(`${parsed.why}: ${text}`);
  return parsed.value;
}

const plain = (message: SipMessage) => ({ ...message, headers: [...message.headers], body: [...message.body] });

describe("writing what was read keeps its meaning", () => {
  test("of a SIP URI", () => {
    const property = fc.property(sipUri, (text) => {
      const uri = known(parseUri(text), text);
      expect(known(parseUri(formatUri(uri)), formatUri(uri))).toEqual(uri);
      if (text.startsWith("sip")) expect(formatUri(uri).toLowerCase()).toBe(text.toLowerCase());
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of an address, with white space wherever it may stand", () => {
    const property = fc.property(nameAddr, fc.constantFrom("", " ", "\t "), ([name, uri, params], blank) => {
      const tight = `${name}${name === "" ? "" : " "}<${uri}>${params.map((text) => `;${text}`).join("")}`;
      const loose = `${name}${blank || " "}<${uri}>${params.map((text) => `${blank};${blank}${text}`).join("")}`;
      const address = known(parseNameAddr(tight), tight);
      expect(known(parseNameAddr(loose), loose)).toEqual(address);
      expect(known(parseNameAddr(formatNameAddr(address)), formatNameAddr(address))).toEqual(address);
      expect(address.uri).toBe(uri);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of a Via, with white space wherever it may stand", () => {
    const property = fc.property(via, fc.constantFrom("", " ", "\t "), ([transport, sentBy, params], blank) => {
      const tight = `SIP/2.0/${transport} ${sentBy}${params.map((text) => `;${text}`).join("")}`;
      const loose = `SIP${blank}/${blank}2.0${blank}/${blank}${transport} ${blank}${sentBy}${params.map((text) => `${blank};${blank}${text}`).join("")}`;
      const value = known(parseVia(tight), tight);
      expect(known(parseVia(loose), loose)).toEqual(value);
      expect(formatVia(value).toLowerCase()).toBe(tight.toLowerCase());
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of a whole message: every header's text and every byte of the body", () => {
    const property = fc.property(
      token,
      sipUri,
      nameAddr,
      foreignFields,
      fc.uint8Array({ maxLength: 40 }),
      (method, uri, [, to], fields, body) => {
        fc.pre(!uri.includes("?") && !method.startsWith("SIP"));
        const needed: [string, string][] = [
          ["v", "SIP/2.0/UDP h;branch=z9hG4bK1"],
          ["FROM", "<sip:a@b>;tag=1"],
          ["t", `<${to}>`],
          ["Call-ID", "1"],
          ["CSeq", `1 ${method}`],
          ["l", String(body.length)],
        ];
        const request = { kind: "request", method, uri, headers: headers([...needed, ...fields]), body } as const;
        const bytes = formatMessage(request);
        const read = known(parseMessage(bytes), Buffer.from(bytes).toString());
        expect(plain(read)).toEqual(plain(request));
        expect(Buffer.from(formatMessage(read)).equals(bytes)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test("of SDP among other parts of a multipart body, whatever bytes they have", () => {
    const property = fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
      fc.nat(),
      (others, place) => {
        const parts = others.map((bytes) => Buffer.concat([Buffer.from("Content-Type: a/b\r\n\r\n"), bytes]));
        parts.splice(place % (parts.length + 1), 0, Buffer.from("Content-Type: application/sdp\r\n\r\nv=0\r\n"));
        const body = parts.flatMap((part) => [Buffer.from("\r\n--=_b?\r\n"), part]);
        const bytes = Buffer.concat([...body, Buffer.from("\r\n--=_b?--\r\n")]);
        const type = headers([["Content-Type", 'multipart/mixed; boundary="=_b?"']]);
        expect(bodyText({ kind: "response", status: 200, reason: "", headers: type, body: bytes })).toBe("v=0\r\n");
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
