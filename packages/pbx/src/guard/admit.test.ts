import { expect, test } from "vitest";
import { callingOf } from "../../test/fakes/config.ts";
import { asUserName, readE164 } from "../domain/names.ts";
import { admit, type Load } from "./admit.ts";

const callerId = readE164("+16185558387")!;
const from = { kind: "user", user: asUserName("alice"), displayName: "Alice", callerId } as const;
const calling = callingOf({ maxCalls: 3, maxCallsPerUser: 2 });
const route = (country: string, tariff: "usual" | "premium" = "usual") =>
  ({ kind: "trunk", number: readE164("+12025550123")!, country, tariff, callerId }) as const;
const idle: Load = { calls: 0, callsOf: () => 0, draining: false };

test.each([
  ["a call to an allowed country", from, route("CA"), idle, undefined],
  ["a country that is not named", from, route("GB"), idle, { code: "not-allowed", sip: 403 }],
  ["a network that belongs to no country", from, route("+882"), idle, { code: "not-allowed" }],
  ["a premium number of an allowed country", from, route("US", "premium"), idle, { code: "premium-number", sip: 403 }],
  [
    "one call more than the server may carry",
    from,
    route("US"),
    { ...idle, calls: 3 },
    { code: "too-many-calls", sip: 503 },
  ],
  [
    "one call more than the user may have",
    from,
    route("US"),
    { ...idle, callsOf: () => 2 },
    { code: "too-many-calls", sip: 403 },
  ],
  [
    "anything while the server drains",
    from,
    route("US"),
    { ...idle, draining: true },
    { code: "shutting-down", sip: 503 },
  ],
  [
    "an inbound call over the limit",
    { kind: "trunk", number: "+1" },
    { kind: "users", to: callerId, users: [], ringSeconds: 30, unanswered: "reject" },
    { ...idle, calls: 3 },
    { code: "too-many-calls" },
  ],
] as const)("decides on %s", (_, party, to, load, verdict) => {
  const decided = admit(party, to, load, calling);
  if (verdict === undefined) expect(decided).toBeUndefined();
  else expect(decided).toMatchObject(verdict);
});

test("premium numbers may be allowed, those of no country with them; other countries stay what they are", () => {
  const generous = { ...calling, allowPremium: true };
  expect(admit(from, route("+882", "premium"), idle, generous)).toBeUndefined();
  expect(admit(from, route("GB"), idle, generous)).toMatchObject({ code: "not-allowed" });
});
