import fc from "fast-check";
import { expect, test } from "vitest";
import { datagram, invite, options, register, response, sdp } from "./messages.ts";
import { fateOf } from "./peer.ts";

const originals = [
  invite({ "Content-Type": "multipart/mixed;boundary=b" }, `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}--b--`),
  invite({ Via: "SIP / 2.0 / UDP 10.0.0.9 ; branch=z9hG4bK1 , SIP/2.0/TCP [::1]", Accept: "*/*" }),
  register({ Contact: ['"a \\" b" <sip:%41@[::1];x?y=z>;q=1', "sip:u@h;expires=5"] }),
  options({ Require: "a, b", Subject: "one\r\n two" }),
  datagram("!odd tel:+1 SIP/2.0"),
  response("SIP/2.0 200 ="),
];
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom("\r\n", "\r\n\r\n", "\r\n ", '"', "<", ">", ";", ",", ":", "[", "]", "%", "\\", "\0", "--b")
    .map((text) => Buffer.from(text)),
);
const edit = fc.record({ at: fc.nat({ max: 2000 }), drop: fc.nat({ max: 5 }), insert: piece });
const mutated = fc
  .tuple(fc.constantFrom(...originals), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([bytes, edits]) =>
    edits.reduce((before, { at, drop, insert }) => {
      const place = at % before.length;
      return Buffer.concat([before.subarray(0, place), insert, before.subarray(place + drop)]);
    }, bytes),
  );

test("a mutated message is answered once or not at all, and whatever is not answered or read is counted", async () => {
  const property = fc.asyncProperty(mutated, async (bytes) => {
    const { responses, read, refused } = await fateOf(bytes);
    expect(responses.length).toBeLessThanOrEqual(1);
    if (!read) expect(Object.values(refused)).toEqual([1]);
  });
  await fc.assert(property, { numRuns: 300 });
});
