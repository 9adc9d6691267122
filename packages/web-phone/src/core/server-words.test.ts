import { expect, test } from "vitest";
import { readServerWords } from "./server-words.ts";

test.each([
  [['SIP;cause=486;text="The number is busy."'], [], { status: 486, words: "The number is busy." }],
  [['SIP ;cause=404 ;text="No such number: \\"0003\\"."'], [], { status: 404, words: 'No such number: "0003".' }],
  [['Q.850;cause=17;text="User busy"'], [], { status: undefined, words: undefined }],
  [
    ['Q.850;cause=17;text="x"', "SIP;cause=486"],
    ['399 trunkline "It is busy."'],
    { status: 486, words: "It is busy." },
  ],
  [['SIP;cause=486;text=""'], [], { status: 486, words: undefined }],
  [['SIP;cause=486;text="a\u0007\tb"'], [], { status: 486, words: "a  b" }],
  [["SIPX;cause=1"], ['301 trunkline "x"'], { status: undefined, words: undefined }],
  [[], [], { status: undefined, words: undefined }],
])("Reason %j with Warning %j", (reasons, warnings, expected) => {
  expect(readServerWords(reasons, warnings)).toEqual(expected);
});

test("words are cut at 200 characters, and a hostile value is read in no time", () => {
  expect(readServerWords([`SIP;text="${"x".repeat(5000)}"`], []).words).toHaveLength(200);
  expect(readServerWords([`SIP;text="${"\\".repeat(60_000)}`], []).words).toBeUndefined();
});
