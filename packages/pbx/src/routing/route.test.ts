import { expect, test } from "vitest";
import { callingOf, ownNumber as number, numberOf, userOf } from "../../test/fakes/config.ts";
import { readE164 } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import { routeCall } from "./route.ts";

const alice = userOf("alice");
const shared = readE164("+16185558389")!;
const bob = userOf("bob", { extension: "102" });
const directory = {
  users: new Map([alice, bob].map((one) => [one.name, one])),
  numbers: new Map([
    [number, numberOf(["alice"], { ringSeconds: 20 })],
    [shared, numberOf(["alice", "bob"], { number: shared })],
  ]),
  calling: callingOf({ allow: ["US"] }),
};
const trunk: Party = { kind: "trunk", number: "+18155558245" };
const user: Party = { kind: "user", user: alice.name, displayName: "Alice", callerId: number };

test.each([
  ["112", "US"],
  ["911", "DE"],
  ["110", "DE"],
  ["999", "GB"],
  ["9-1-1", "US"],
])("an emergency number is never an extension: %s in %s", (dialled, country) => {
  const helper = userOf("helper", { extension: dialled.replaceAll("-", "") });
  const users = new Map([helper, bob].map((one) => [one.name, one]));
  const calling = callingOf({ country, allow: [country] });
  expect(routeCall(user, dialled, { ...directory, users, calling })).toMatchObject({ ending: { code: "emergency" } });
});

test.each([
  [
    "an owned number rings its users",
    trunk,
    "+16185558387",
    { kind: "users", to: number, users: [alice], ringSeconds: 20 },
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
  ["a user by name", user, "Bob", { kind: "users", to: "bob", users: [bob], unanswered: "reject" }],
  ["a user by extension", user, "102", { kind: "users", to: "bob", users: [bob] }],
  ["herself", user, "alice", { kind: "refused", ending: { code: "not-allowed", words: "You cannot call yourself." } }],
  ["nobody", user, "carol", { kind: "refused", ending: { code: "not-a-number" } }],
  ["an owned number, which rings the others", user, "(618) 555-8389", { kind: "users", to: shared, users: [bob] }],
  ["a user, dialled by the trunk", trunk, "bob", { kind: "refused", ending: { code: "no-such-number" } }],
  ["an extension, dialled by the trunk", trunk, "102", { kind: "refused", ending: { code: "no-such-number" } }],
  ["an emergency number", user, "911", { kind: "refused", ending: { code: "emergency", sip: 403 } }],
  ["nonsense", user, "abc", { kind: "refused", ending: { code: "not-a-number", sip: 484 } }],
] as const)("%s", (_, from, dialled, route) => {
  expect(routeCall(from, dialled, directory)).toMatchObject(route);
});
