import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatMessage, parseMessage, readRegister, type SipMessage, salvage } from "../src/index.ts";
import { answerOffer, offerAnswer, parseSdp } from "../src/sdp/index.ts";

const recorded = ["inbound", "outbound"].map((name) =>
  readFileSync(new URL(`./fixtures/${name}-invite.sip`, import.meta.url)),
);
const local = { address: "192.0.2.1", rtpPort: 4000, rtcpPort: 4001 };

// Octets after the body are ignored, so that lost ones do not always make it too short.
const filler = Buffer.alloc(32, " ");

/** A recorded message with a few pieces cut out, doubled or overwritten. */
const mutated = fc
  .tuple(
    fc.constantFrom(...recorded),
    fc.array(
      fc.record({
        at: fc.nat({ max: 1200 }),
        drop: fc.nat({ max: 3 }),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          fc
            .constantFrom(
              "\r\n",
              "\r\n\r\n",
              "\r\n ",
              '"',
              "<",
              ">",
              ";",
              ",",
              ":",
              "@",
              "%",
              "\\",
              "\0",
              "z9hG4bK",
              "é",
            )
            .map((text) => Buffer.from(text)),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([bytes, edits]) => edits.reduce(edit, Buffer.concat([bytes, filler])));

function edit(bytes: Buffer, { at, drop, insert }: { at: number; drop: number; insert: Uint8Array }): Buffer {
  const place = at % bytes.length;
  return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + drop)]);
}

const meaning = (message: SipMessage) => ({
  ...message,
  headers: [...message.headers.without("Content-Length")],
  body: [...message.body],
});

function useAll(bytes: Uint8Array): SipMessage | undefined {
  salvage(bytes);
  const message = parseMessage(bytes);
  if (!message.ok) {
    expect(message.why).not.toBe("");
    return undefined;
  }
  const text = Buffer.from(message.value.body).toString();
  parseSdp(text);
  answerOffer(offerAnswer("1"), text, local);
  if (message.value.kind === "request") readRegister(message.value, { expiresS: 600, minS: 60, maxS: 3600 });
  return message.value;
}

describe("hostile messages", () => {
  test("random bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void useAll(bytes)),
      { numRuns: 500 },
    );
  });

  test("mutated messages never throw, and what is accepted keeps its meaning when written and read again", () => {
    let accepted = 0;
    const property = fc.property(mutated, (bytes) => {
      const message = useAll(bytes);
      if (message === undefined) return;
      accepted += 1;
      const again = parseMessage(formatMessage(message));
      expect(again.ok && meaning(again.value)).toEqual(meaning(message));
    });
    fc.assert(property, { numRuns: 1500 });
    expect(accepted).toBeGreaterThan(150);
  });

  const head = "INVITE sip:a@b SIP/2.0\r\n";
  const needed =
    "Via: SIP/2.0/UDP h;branch=1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n";
  const fill = (piece: string, length = 60_000) => piece.repeat(Math.ceil(length / piece.length));

  test.each([
    ["lines without a colon", head + fill("x\r\n")],
    ["folded lines", `${head}X: y${fill("\r\n ")}\r\n\r\n`],
    ["line breaks only", fill("\r\n")],
    ["carriage returns only", fill("\r")],
    ["one header of spaces", `${head}${needed}X:${fill(" ")}y\r\n\r\n`],
    ["many short headers", `${head}${needed}${fill("a:\r\n")}\r\n`],
    ["a Via list", `${head}Via: ${fill("SIP/2.0/UDP h,")}\r\n\r\n`],
    ["open quotes", `${head}From: ${fill('"a" ')}\r\n\r\n`],
    ["backslashes in quotes", `${head}From: "${fill("\\")}\r\n\r\n`],
    ["open brackets", `${head}From: ${fill("<")}\r\n\r\n`],
    ["parameters", `${head}${needed}Contact: <sip:a@b>${fill(";a=b")}\r\n\r\n`],
    ["a Request-URI of labels", `INVITE sip:a@${fill("a.")} SIP/2.0\r\n${needed}\r\n`],
    ["a Request-URI of escapes", `INVITE sip:${fill("%41")}@b SIP/2.0\r\n${needed}\r\n`],
    ["a method", `${fill("A")} sip:a@b SIP/2.0\r\n${needed}\r\n`],
    ["digits", `${head}${needed.replace("CSeq: 1", `CSeq: ${fill("1")}`)}\r\n`],
    ["m= lines", `${head}${needed}\r\nv=0\r\no=- 1 1 IN IP4 1.2.3.4\r\n${fill("m=audio 1 RTP/AVP 0\r\n")}`],
    ["one m= line", `${head}${needed}\r\nv=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nm=audio 1 RTP/AVP ${fill("0 ")}`],
    ["stray bytes", `${head}${needed}X: ${fill("\udc80")}\r\n\r\n`],
  ])("60 kB of %s are read to the end", (_, text) => {
    expect(text.length).toBeGreaterThan(59_000);
    useAll(Buffer.from(text));
  });

  test("8 kB values, the longest that framing lets through, are read to the end by every reader", () => {
    const long = (piece: string) => fill(piece, 8_000);
    for (const value of ["a.", "a-", "-", '"', "\\", "<", ";a", ";a=", "a ", " ;", "[:", "1.", "%4", "a@", ",<"].map(
      long,
    )) {
      for (const name of ["Via: SIP/2.0/UDP ", "From: <sip:", "To: ", "Contact: <sip:a@b>", "Contact: "]) {
        useAll(Buffer.from(`${head}${name}${value}\r\n${needed}\r\n`));
      }
    }
  });
});
