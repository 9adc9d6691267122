import { expect, test } from "vitest";
import { bodyText, sdpBody } from "./body.ts";
import { parseCSeq } from "./cseq.ts";
import { headers } from "./headers.ts";
import { reasonPhrase } from "./reason-phrase.ts";
import { parseTokenValue } from "./value.ts";

test("a token value gives its value and its parameters", () => {
  const reason = parseTokenValue('SIP ;cause=200 ;text="ACK; timeout"');
  expect(reason.ok && [reason.value.value, [...reason.value.params]]).toEqual([
    "SIP",
    [
      ["cause", "200"],
      ["text", '"ACK; timeout"'],
    ],
  ]);
  expect(["", ";a", "a b", "a;;b"].map((text) => parseTokenValue(text).ok)).toEqual(Array(4).fill(false));
});

test("CSeq is a number below 2^31 and a method", () => {
  expect(parseCSeq("2147483647 INVITE")).toEqual({ ok: true, value: { number: 2 ** 31 - 1, method: "INVITE" } });
  expect(
    ["2147483648 INVITE", "1", "INVITE", "-1 INVITE", "1 IN VITE", "36893488147419103232 REGISTER"].map(
      (t) => parseCSeq(t).ok,
    ),
  ).toEqual(Array(6).fill(false));
});

test("a status has its customary words, an unknown one those of its class", () => {
  expect([200, 486, 499, 299, 699].map(reasonPhrase)).toEqual([
    "OK",
    "Busy Here",
    "Request Failure",
    "OK",
    "Global Failure",
  ]);
});

test("only a body of type application/sdp is SDP", () => {
  const { bytes } = sdpBody("v=0\r\n");
  const message = (type: string, body = bytes) =>
    ({ kind: "response", status: 200, reason: "OK", headers: headers([["c", type]]), body }) as const;
  expect(bodyText(message("Application/SDP ; charset=utf-8"))).toBe("v=0\r\n");
  expect(bodyText(message("text/plain"))).toBeUndefined();
  expect(bodyText(message("application/sdp", new Uint8Array()))).toBeUndefined();
});
