import { expect, test } from "vitest";
import { asUserName, readE164 } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import type { User } from "../domain/user.ts";
import { routeCall } from "./route.ts";

const number = readE164("+16185558387")!;
const alice: User = { name: asUserName("alice"), displayName: "Alice", callerId: number };
const directory = {
  users: new Map([[alice.name, alice]]),
  numbers: new Map([[number, { number, ring: [alice.name], ringSeconds: 20 }]]),
  calling: { country: "US", allow: ["US"], maxCalls: 10, maxCallsPerUser: 2 },
};
const trunk: Party = { kind: "trunk", number: "+18155558245" };
const user: Party = { kind: "user", user: alice.name, displayName: "Alice", callerId: number };

test.each([
  [
    "an owned number rings its users",
    trunk,
    "+16185558387",
    { kind: "users", number, users: [alice], ringSeconds: 20 },
  ],
  [
    "a number that is not ours",
    trunk,
    "+16185558388",
    { kind: "refused", ending: { code: "no-such-number", sip: 404 } },
  ],
  [
    "a number from the trunk must be E.164",
    trunk,
    "16185558387",
    { kind: "refused", ending: { code: "no-such-number" } },
  ],
  [
    "what a user dials goes to the trunk as E.164 with the user's caller id",
    user,
    "(202) 555-0123",
    { kind: "trunk", number: "+12025550123", country: "US", callerId: number },
  ],
  ["an emergency number", user, "911", { kind: "refused", ending: { code: "emergency", sip: 403 } }],
  ["nonsense", user, "abc", { kind: "refused", ending: { code: "not-a-number", sip: 484 } }],
] as const)("%s", (_, from, dialled, route) => {
  expect(routeCall(from, dialled, directory)).toMatchObject(route);
});
