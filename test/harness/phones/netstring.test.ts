import { expect, test } from "vitest";
import { formatNetstring, takeNetstrings } from "./netstring.ts";

test("netstrings that come in pieces are taken when they are whole, whatever is in them", () => {
  const bytes = Buffer.from(`${formatNetstring('{"a":1}')}${formatNetstring("é:,")}5:hel`);
  const { texts, rest } = takeNetstrings(bytes);
  expect(texts).toEqual(['{"a":1}', "é:,"]);
  expect(takeNetstrings(Buffer.concat([rest, Buffer.from("lo,")]))).toEqual({
    texts: ["hello"],
    rest: Buffer.alloc(0),
  });
});

test.each(["", "12", "3:abc", "no:length,"])("of %j nothing is taken yet", (text) => {
  expect(takeNetstrings(Buffer.from(text))).toEqual({ texts: [], rest: Buffer.from(text) });
});
