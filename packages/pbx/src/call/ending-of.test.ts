import { type CallEnd, headers, type SipRequest, type SipResponse, TransactionTimeout } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { asUserName, readE164 } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import { ending } from "../kernel/ending.ts";
import { bestEnding, endingOf } from "./ending-of.ts";

const trunk: Party = { kind: "trunk", number: "+12025550123" };
const user: Party = {
  kind: "user",
  user: asUserName("alice"),
  displayName: "Alice",
  callerId: readE164("+16185558387")!,
};

const rejected = (status: number, reason = ""): CallEnd => {
  const response: SipResponse = { kind: "response", status, reason, headers: headers(), body: new Uint8Array() };
  return { by: "remote", cause: "rejected", response };
};
const bye = (...reasons: string[]): CallEnd => {
  const values = reasons.map((reason) => ["Reason", reason] as const);
  const request: SipRequest = {
    kind: "request",
    method: "BYE",
    uri: "sip:x",
    headers: headers(values),
    body: new Uint8Array(),
  };
  return { by: "remote", cause: "bye", request };
};

test.each([
  [486, "busy", 486],
  [404, "no-such-number", 404],
  [503, "trunk-failed", 503],
  [480, "no-answer", 480],
  [403, "not-allowed", 403],
  [302, "trunk-failed", 502],
  [401, "trunk-failed", 502],
  [500, "trunk-failed", 500],
  [603, "declined", 603],
])("the trunk's %i is %s, and the caller hears %i", (status, code, sip) => {
  expect(endingOf(rejected(status), "callee", trunk)).toMatchObject({ code, sip, by: "callee" });
});

test("a refused caller id is told apart from other refusals", () => {
  expect(endingOf(rejected(403, "Caller Id +16185558387 is not valid"), "callee", trunk)).toMatchObject({
    code: "caller-id-refused",
    sip: 403,
  });
});

test("a BYE's own reason reaches the person in words", () => {
  expect(endingOf(bye("Q.850;cause=16", 'SIP;cause=200;text="ACK timeout"'), "caller", trunk)).toMatchObject({
    code: "hung-up",
    by: "caller",
    words: "The other side ended the call: ACK timeout.",
  });
  expect(endingOf(bye(), "callee", trunk).words).toBe("The other side hung up.");
});

test.each([408, 480, 500])(
  "a browser that hangs up because it lost its audio is recorded so: SIP cause %i",
  (cause) => {
    const reason = `SIP ;cause=${cause}; text="RTP Timeout"`;
    expect(endingOf(bye(reason), "caller", user)).toMatchObject({
      code: "media-lost",
      by: "caller",
      words: "The other side lost its audio: RTP Timeout.",
    });
    expect(endingOf(bye(reason), "caller", trunk).code).toBe("hung-up");
    expect(endingOf(bye('SIP;cause=200;text="bye"'), "caller", user).code).toBe("hung-up");
  },
);

test("no answer at all means the trunk, or that user, cannot be reached", () => {
  const end: CallEnd = { by: "failure", cause: "timeout", error: new TransactionTimeout() };
  expect(endingOf(end, "callee", trunk).code).toBe("trunk-unreachable");
  expect(endingOf(end, "callee", user).code).toBe("peer-lost");
});

test("of several devices' endings the caller hears the one that says most", () => {
  const [lost, silent, busy, declined] = [ending("peer-lost"), ending("no-answer"), ending("busy"), ending("declined")];
  expect(bestEnding([lost, silent, busy])).toBe(busy);
  expect(bestEnding([busy, declined])).toBe(declined);
  expect(bestEnding([lost, silent])).toBe(silent);
  expect(bestEnding([]).code).toBe("not-registered");
});
