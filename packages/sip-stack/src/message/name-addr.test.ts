import { describe, expect, test } from "vitest";
import { formatNameAddr, parseNameAddr } from "./name-addr.ts";

const read = (text: string) => {
  const address = parseNameAddr(text);
  if (!address.ok) throw new Error(address.why);
  const { displayName, uri, params } = address.value;
  return { displayName, uri, params: Object.fromEntries(params) };
};

describe("name-addr", () => {
  test("parameters in the brackets are the URI's, those behind are the header's", () => {
    expect(read("<sip:a@h;transport=tcp>;tag=1;lr")).toEqual({
      displayName: undefined,
      uri: "sip:a@h;transport=tcp",
      params: { tag: "1", lr: undefined },
    });
  });

  test("without brackets every parameter is the header's", () => {
    expect(read("sip:a@h;tag=1")).toEqual({ displayName: undefined, uri: "sip:a@h", params: { tag: "1" } });
  });

  test.each([
    ['"J Rosenberg \\\\\\""       <sip:j@h> ;   tag    = 98', 'J Rosenberg \\"', "sip:j@h"],
    ['"a;b<c>,d" <sip:j@h>', "a;b<c>,d", "sip:j@h"],
    ["Mr. Watson <sip:j@h>", "Mr. Watson", "sip:j@h"],
    ['"Жан"<tel:+1;phone-context=x>', "Жан", "tel:+1;phone-context=x"],
    ['"" <sip:j@h>', undefined, "sip:j@h"],
    ['token1~` token2\'+_ token3*%!.- <sip:m@h>;p="работ"', "token1~` token2'+_ token3*%!.-", "sip:m@h"],
    ["Bell, Alexander <sip:a@h>;tag=43", "Bell, Alexander", "sip:a@h"],
    ["Жан <sip:j@h>", "Жан", "sip:j@h"],
    ["ACME (Sales) [EU]; all @ once <sip:a@h>", "ACME (Sales) [EU]; all @ once", "sip:a@h"],
    ['J. "Joe" O\'Neil <sip:a@h>', "J. Joe O'Neil", "sip:a@h"],
    ['"Joe" Doe <sip:a@h>', "Joe Doe", "sip:a@h"],
    ["J\udcfcrgen <sip:a@h>", "J\u00fcrgen", "sip:a@h"],
    ["Sales: <sip:a@h>", "Sales:", "sip:a@h"],
    ["<sip:a@h>;a=b=c;x=", undefined, "sip:a@h"],
    ['"BEL:\\\u0007 NUL:\\\u0000" <sip:m@h>', "BEL:\u0007 NUL:\u0000", "sip:m@h"],
  ])("display name and URI of %s", (text, displayName, uri) => {
    expect(read(text)).toMatchObject({ displayName, uri });
  });

  test.each([
    "",
    "*",
    "<sip:a@h",
    '"a <sip:a@h>',
    '"Joe" <sip:a@h>;;;;',
    "<sip:a@h>;tag=1;TAG=2",
    "<sip:a@h> x",
    "sip:a@h?Route=%3Csip:b%3E",
    "sip:a,b@h",
    "<>",
    "< sip:a@h>",
    "<sip:a@h>;tag=",
    '<sip:a@h>;x="',
    '<sip:a@h>;x="a"b',
    "<sip:a@h>;x y=1",
    "ACME; Sales sip:a@h",
  ])("refused: %s", (text) => {
    expect(parseNameAddr(text).ok).toBe(false);
  });

  test("writing quotes the display name and keeps the rest", () => {
    const text = '"a \\"b\\" \\\\" <sip:a@h;x>;+sip.instance="<urn:uuid:1>";q=0.5;ob';
    const address = parseNameAddr(text);
    expect(address.ok && formatNameAddr(address.value)).toBe(text);
  });
});
