import { describe, expect, test } from "vitest";
import { limits } from "./limits.ts";
import { readParts } from "./multipart.ts";

const type = 'multipart/mixed; boundary="a b"';
const part = (headers: string, body: string) => `--a b\r\n${headers}\r\n${body}\r\n`;

function read(text: string, contentType = type) {
  const parts = readParts(contentType, Buffer.from(text, "latin1"));
  if (!parts.ok) return parts.why;
  return parts.value.map(({ headers, body }) => [headers.get("Content-Type"), Buffer.from(body).toString("latin1")]);
}

describe("a multipart body", () => {
  test("gives its parts with their headers, and nothing of what stands around them", () => {
    const text = `before\r\n${part("c: a/b\r\n", "one\r\n--a\r\n")}${part("", "\x00\xff")}--a b--\r\nafter --a b`;
    expect(read(text)).toEqual([
      ["a/b", "one\r\n--a\r\n"],
      [undefined, "\x00\xff"],
    ]);
  });

  test("may have parts without a body, blanks after a boundary, and no line break at its end", () => {
    expect(read("--a b \t\r\nContent-Type: a/b\r\n\r\n--a b--")).toEqual([["a/b", ""]]);
  });

  test.each([
    ["multipart body has no boundary", "--a b--", "multipart/mixed"],
    ["multipart body has no boundary", "--a b--", `multipart/mixed;boundary=${"x".repeat(71)}`],
    ["multipart body has no part", "x", type],
    ["multipart body is not closed", part("", "x"), type],
    ["header field has no name", `${part(": x\r\n", "x")}--a b--`, type],
    ["multipart body has too many parts", `${part("", "x").repeat(limits.bodyParts + 1)}--a b--`, type],
  ])("is refused: %s", (why, text, contentType) => {
    expect(read(text, contentType)).toBe(why);
  });
});
