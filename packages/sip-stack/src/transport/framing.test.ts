import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Framed, StreamFraming } from "./framing.ts";

const options = (body = "", length: string | number = Buffer.byteLength(body)): string =>
  `OPTIONS sip:a@b SIP/2.0\r\nSubject: x\r\nContent-Length: ${length}\r\n\r\n${body}`;

function cut(stream: Uint8Array, pieces: readonly Uint8Array[] = [stream]): Framed[] {
  const framing = new StreamFraming();
  return pieces.flatMap((piece) => [...framing.push(piece)]);
}

function split(stream: Uint8Array, points: readonly number[]): Uint8Array[] {
  const at = [0, ...points.map((point) => point % (stream.length + 1)).toSorted((a, b) => a - b), stream.length];
  return at.slice(1).map((end, index) => stream.subarray(at[index], end));
}

/** What a stream gives whatever its pieces: line breaks added up, bytes as text. */
function shown(framed: readonly Framed[]): string[] {
  const lines: string[] = [];
  for (const one of framed) {
    if (one.kind === "lineBreaks") lines.push(...Array.from({ length: one.count }, () => "line break"));
    else if (one.kind === "message") lines.push(Buffer.from(one.bytes).toString("latin1"));
    else lines.push(`${one.status} ${one.why}`);
  }
  return lines;
}

const stream = Buffer.concat([
  Buffer.from(`\r\n${options()}${options("v=0\r\n\r\nx")}\r\n\r\n\r\n`),
  Buffer.from(options("ü電").replace("Content-Length:", "l \t:\r\n ")),
  Buffer.from(options("\r\n\r\n")),
]);

describe("messages on a stream", () => {
  test("come whole and in order, line breaks between them counted", () => {
    expect(shown(cut(stream))).toEqual([
      "line break",
      options(),
      options("v=0\r\n\r\nx"),
      ...["line break", "line break", "line break"],
      Buffer.from(options("ü電").replace("Content-Length:", "l \t:\r\n ")).toString("latin1"),
      options("\r\n\r\n"),
    ]);
  });

  test("are the same when the stream is split in two at every byte", () => {
    const whole = shown(cut(stream));
    for (let at = 0; at <= stream.length; at += 1) {
      expect(shown(cut(stream, [stream.subarray(0, at), stream.subarray(at)]))).toEqual(whole);
    }
  });

  test("are the same when it comes byte by byte or in pieces of any length", () => {
    const whole = shown(cut(stream));
    expect(
      shown(
        cut(
          stream,
          Array.from(stream, (byte) => Uint8Array.of(byte)),
        ),
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (points) => {
        expect(shown(cut(stream, split(stream, points)))).toEqual(whole);
      }),
    );
  });

  test("are copies that later bytes do not change", () => {
    const framing = new StreamFraming();
    const piece = Buffer.from(options("first"));
    const [first] = [...framing.push(piece)];
    piece.fill(0);
    void [...framing.push(Buffer.from(options("second")))];
    expect(first?.kind === "message" && Buffer.from(first.bytes).toString()).toBe(options("first"));
  });
});

const broken: [name: string, stream: string, expected: string][] = [
  ["without Content-Length", "OPTIONS sip:a@b SIP/2.0\r\nSubject: x\r\n\r\n", "400 Content-Length: missing"],
  ["with a negative Content-Length", options("", -999), "400 Content-Length: is not a number"],
  ["with two lengths", options().replace("Subject: x", "l: 5"), "400 Content-Length: differs from itself"],
  ["longer than a message may be", options("", 65_536), "413 message is too large"],
  ["whose headers never end", `OPTIONS sip:a@b SIP/2.0\r\nSubject: ${"x".repeat(70_000)}`, "513 headers are too large"],
  ["that is no SIP", "\u0016\u0003\u0001 hello", "400 not SIP"],
  ["with a stray line break", "\rOPTIONS", "400 not SIP"],
];

test.each(broken)("a message %s breaks the stream, wherever it is split", (_name, text, expected) => {
  const bytes = Buffer.from(`${options()}${text}`, "latin1");
  expect(shown(cut(bytes))).toEqual([options(), expected]);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (points) => {
      expect(shown(cut(bytes, split(bytes, points)))).toEqual([options(), expected]);
    }),
    { numRuns: 50 },
  );
  const framing = new StreamFraming();
  void [...framing.push(bytes)];
  expect([...framing.push(Buffer.from(options()))]).toEqual([]);
  expect(framing.isInMessage).toBe(false);
});

test("any bytes in any pieces give the same, and never more than one message is held", () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const pieces = fc.array(
    fc.oneof(bytes, fc.constantFrom("\r\n", "\r", "\n", options(), options("xy")).map(Buffer.from)),
  );
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(), { maxLength: 8 }), (parts, points) => {
      const all = Buffer.concat(parts);
      const whole = shown(cut(all));
      expect(shown(cut(all, parts))).toEqual(whole);
      expect(shown(cut(all, split(all, points)))).toEqual(whole);
    }),
  );
});
