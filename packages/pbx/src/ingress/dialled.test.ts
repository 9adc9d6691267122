import { expect, test } from "vitest";
import { callingOf, numberOf, ownNumber } from "../../test/fakes/config.ts";
import { dialledByTrunk, dialledIn } from "./dialled.ts";

test.each([
  ["sip:+12025550123@198.51.100.204", "+12025550123"],
  ["sip:202-555-0123@198.51.100.204", "202-555-0123"],
  ["sip:+12025550123;phone-context=+1;npdi@198.51.100.204;user=phone", "+12025550123"],
  ["sip:5550123;phone-context=+1202@198.51.100.204;user=phone", "+12025550123"],
  ["tel:+1-202-555-0123;ext=9", "+12025550123"],
  ["<tel:5550123;phone-context=+1-202>", "+12025550123"],
  ["TEL:911", "911"],
  ["tel:5550123;phone-context=+1202", "+12025550123"],
  ["tel:911;phone-context=+1", "911"],
  ["sip:112;phone-context=+49@198.51.100.204;user=phone", "112"],
  ["sip:105;phone-context=+1@198.51.100.204;user=phone", "105"],
  ["tel:863-1234;phone-context=+1-914-555", "8631234"],
  ["sip:ann@198.51.100.204", "ann"],
  ["sip:1-800-FLOWERS@198.51.100.204", "1-800-FLOWERS"],
  ["sip:%2B12025550123@198.51.100.204", "+12025550123"],
  ['"Ann" <sip:12#3@198.51.100.204>', "12#3"],
  ["sip:198.51.100.204", ""],
])("%s dials %s", (uri, dialled) => expect(dialledIn(uri)).toBe(dialled));

const config = { numbers: new Map([[ownNumber, numberOf(["alice"], {})]]), calling: callingOf({ allow: ["US"] }) };
const digits = ownNumber.slice(2);

test.each([
  [`tel:${ownNumber}`, ownNumber],
  [`sip:1${digits}@198.51.100.204`, ownNumber],
  [`sip:${digits}@198.51.100.204;user=phone`, ownNumber],
  [`sip:0111${digits}@198.51.100.204`, ownNumber],
  ["sip:+12025550199@198.51.100.204", "+12025550199"],
  ["sip:911@198.51.100.204", "911"],
  ["sip:alice@198.51.100.204", "alice"],
])("the trunk calls %s, which is %s", (uri, dialled) => expect(dialledByTrunk(uri, config)).toBe(dialled));
