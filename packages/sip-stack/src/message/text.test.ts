import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, textOf } from "./text.ts";

test("any bytes survive the way to text and back", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    expect([...bytesOf(textOf(bytes))]).toEqual([...bytes]);
  });
  fc.assert(property);
});

test("valid UTF-8 reads as its characters, a byte order mark included", () => {
  expect(textOf(Buffer.from("\ufeffЖан 大"))).toBe("\ufeffЖан 大");
});

test("one Latin-1 byte among UTF-8 does not spoil the rest", () => {
  const bytes = Buffer.concat([Buffer.from("é "), Buffer.of(0xe9), Buffer.from(" é")]);
  expect(textOf(bytes)).toBe("é \udce9 é");
});
