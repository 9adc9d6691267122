import { expect, test } from "vitest";
import { callingOf, ownNumber as number, numberOf, userOf } from "../../test/fakes/config.ts";
import type { Party } from "../domain/party.ts";
import { routeCall } from "./route.ts";

const alice = userOf("alice");
const directory = {
  users: new Map([[alice.name, alice]]),
  numbers: new Map([[number, numberOf(["alice"], { ringSeconds: 20 })]]),
  calling: callingOf({ allow: ["US"] }),
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
