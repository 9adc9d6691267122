import { expect, test } from "vitest";
import { readTelephone, telephoneIn, wholeNumber } from "./telephone.ts";

test.each([
  ["tel:+12025550100", "+12025550100"],
  ["TEL:+1-202-555-0100", "+12025550100"],
  ["tel:+1(202)555.0100", "+12025550100"],
  ["tel:+12025550100;npdi;rn=+12025550000", "+12025550100"],
  ["tel:2025550100;phone-context=+1", "+12025550100"],
  ["tel:555-0100;phone-context=+1-202", "+12025550100"],
  ["tel:7042;phone-context=carrier.example", "7042"],
  ["tel:+12025550100;isub=12%2034;ext=99", "+12025550100"],
  ["sip:+12025550100@192.0.2.1", "+12025550100"],
  ["sip:+12025550100;npdi@192.0.2.1;user=phone", "+12025550100"],
  ["sip:%2B12025550100@192.0.2.1", "+12025550100"],
  ["sip:+1%20202%20555%200100@192.0.2.1", "+12025550100"],
  ["sip:+1-202-555-0100;verstat=TN-Validation-Passed@192.0.2.1;user=phone", "+12025550100"],
  ["sip:+12025550100;cpc=ordinary;oli=00@192.0.2.1", "+12025550100"],
  ["sip:+12025550100;x;x;=@192.0.2.1", "+12025550100"],
  ["sip:12025550100@192.0.2.1;user=phone", "12025550100"],
  ["sips:*98@192.0.2.1", "*98"],
])("%s names %s", (uri, number) => {
  const telephone = telephoneIn(uri);
  expect(telephone && wholeNumber(telephone)).toBe(number);
});

test.each([
  "sip:alice@192.0.2.1",
  "sip:192.0.2.1",
  "sip:@192.0.2.1",
  "sip:+@192.0.2.1",
  "tel:",
  "tel:+",
  "tel:+1a",
  "sip:1+2@192.0.2.1",
  "sip:()@192.0.2.1",
  "sip:;npdi@192.0.2.1",
  "urn:service:sos",
  "",
])("%s names no number", (uri) => expect(telephoneIn(uri)).toBeUndefined());

test("parameters have lower-case names and no escapes, and context counts for local numbers alone", () => {
  const telephone = readTelephone("+1202;Ext=1%32;phone-context=+44");
  expect([...(telephone?.params ?? [])]).toEqual([
    ["ext", "12"],
    ["phone-context", "+44"],
  ]);
  expect(telephone?.context).toBeUndefined();
});

test("what is longer than any number is none", () => {
  expect(readTelephone("1".repeat(257))).toBeUndefined();
});
