import { expect, test } from "vitest";
import { quote, splitOutside, trimBlanks, unquote } from "./split.ts";

test("commas inside quotes and angle brackets do not split", () => {
  const text = '"Bell, \\"A\\", x" <sip:a,b@h> ;q=1 , <sip:c@d;x="1,2">,e';
  expect(splitOutside(text, ",")).toEqual(['"Bell, \\"A\\", x" <sip:a,b@h> ;q=1', '<sip:c@d;x="1,2">', "e"]);
});

test("an unclosed quote or bracket reaches to the end", () => {
  expect(splitOutside('a, "b, c', ",")).toEqual(["a", '"b, c']);
  expect(splitOutside("a, <b, c", ",")).toEqual(["a", "<b, c"]);
  expect(splitOutside('a, "b\\', ",")).toEqual(["a", '"b\\']);
});

test("quoting and unquoting are each other's reverse", () => {
  for (const text of ["", "plain", 'a "quoted" word', "back\\slash", "\\"]) expect(unquote(quote(text))).toBe(text);
  expect(unquote("not quoted")).toBe("not quoted");
});

test("only spaces and tabs are trimmed", () => {
  expect(trimBlanks(" \t\u00a0x\ufeff\t ")).toBe("\u00a0x\ufeff");
});
