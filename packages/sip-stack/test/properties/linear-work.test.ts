import { afterAll, describe, expect, test } from "vitest";
import {
  bodyText,
  headers,
  parseCSeq,
  parseMessage,
  parseNameAddr,
  parseTokenValue,
  parseUri,
  parseVia,
  type SipMessage,
  salvage,
} from "../../src/index.ts";
import { parseSdp } from "../../src/sdp/index.ts";
import { WorkCounter } from "./work.ts";

const kilobytes60 = 60_000;
const work = new WorkCounter();
afterAll(() => work.close());

const fill = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const head = "INVITE sip:a@b SIP/2.0\r\n";
const needed =
  "Via: SIP/2.0/UDP h;branch=1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n";
const mixed = "Content-Type: multipart/mixed;boundary=b\r\n";

function readMessage(text: string): void {
  const bytes = Buffer.from(text, "latin1");
  salvage(bytes);
  const message = parseMessage(bytes);
  if (message.ok) readAll(message.value);
}

function readAll(message: SipMessage): void {
  bodyText(message);
  for (const [name] of message.headers) message.headers.first(name, parseNameAddr);
}

const values: readonly (readonly [string, (text: string) => void])[] = [
  ["a URI", (text) => void parseUri(`sip:${text}`)],
  ["a host", (text) => void parseUri(`sip:a@${text}`)],
  ["URI parameters", (text) => void parseUri(`sip:a@h;${text}`)],
  ["an address", (text) => void parseNameAddr(text)],
  ["header parameters", (text) => void parseNameAddr(`<sip:a@h>;${text}`)],
  ["a quoted display name", (text) => void parseNameAddr(`"${text}" <sip:a@h>`)],
  ["Via", (text) => void parseVia(`SIP/2.0/UDP ${text}`)],
  ["CSeq", (text) => void parseCSeq(text)],
  ["a value with parameters", (text) => void parseTokenValue(`x;${text}`)],
  ["a list", (text) => void headers([["Contact", text]]).all("Contact")],
  ["a description", (text) => void parseSdp(`v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\n${text}`)],
  ["a message", readMessage],
  ["headers", (text) => readMessage(`${head}${needed}X: ${text}\r\n\r\n`)],
  ["header lines", (text) => readMessage(`${head}${needed}${text}\r\n\r\n`)],
  ["a multipart body", (text) => readMessage(`${head}${needed}${mixed}\r\n--b\r\n${text}\r\n--b--`)],
];

const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
// One of each kind of character, and all that mean something.
const telling = [..."aZ0 \t\0\x7f\x80\xff!\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~\r\n"];
const pieces = [
  '"\\',
  '\\"',
  '"("',
  "(",
  "()",
  '("',
  '<"',
  "<>",
  ";a=b",
  ";a",
  ",a",
  ", ",
  "[:",
  "1.",
  "%41",
  "a@",
  "\r\n",
  "\r\n ",
  "a:\r\n",
  "--b\r\n",
  "\r\n--b",
  "m=audio 1 RTP/AVP 0\r\n",
  "--b\r\na:\r\n\r\n",
];

/** What of the work does not grow with the length, and so may stand in either count. */
const constantWork = 3000;

describe("twice the length is at most twice the work", () => {
  test.each(values)(
    "of reading %s of any one byte, and of what nests, repeats or is never closed",
    (what, read) => {
      work.reset();
      for (const piece of [...(what === "a message" ? bytes : telling), ...pieces]) {
        const [half, whole] = [kilobytes60 / 2, kilobytes60].map((length) =>
          work.count(() => read(fill(piece, length))),
        );
        expect(whole, JSON.stringify(piece)).toBeLessThan(2 * (half ?? 0) + constantWork);
      }
    },
    120_000,
  );

  test("and what counts the work does count it", () => {
    work.reset();
    const counts = [1000, 2000].map((length) => work.count(() => parseUri(`sip:${"a".repeat(length)}@h`)));
    expect(counts[0]).toBeGreaterThan(1000);
    expect((counts[1] ?? 0) / (counts[0] ?? 1)).toBeCloseTo(2, 1);
  });
});
