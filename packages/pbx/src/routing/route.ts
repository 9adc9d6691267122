import type { Config } from "../config/config.ts";
import { type E164, readE164 } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import type { Unanswered, User } from "../domain/user.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import { readDialled, type Tariff } from "../numbers/dialled.ts";

/** Where a call goes, or why it goes nowhere. */
export type Route =
  | {
      readonly kind: "users";
      readonly number: E164;
      readonly users: readonly User[];
      readonly ringSeconds: number;
      readonly unanswered: Unanswered;
    }
  | {
      readonly kind: "trunk";
      readonly number: E164;
      readonly country: string;
      readonly tariff: Tariff;
      readonly callerId: E164;
    }
  | { readonly kind: "refused"; readonly ending: Ending };

type Directory = Pick<Config, "users" | "numbers" | "calling">;

/** Decides where a call goes. `dialled` is the user part of the request URI; the trunk's calls are read by it alone. */
export function routeCall(from: Party, dialled: string, directory: Directory): Route {
  return from.kind === "trunk" ? inbound(dialled, directory) : outbound(from.callerId, dialled, directory);
}

function inbound(dialled: string, { numbers, users }: Directory): Route {
  const number = readE164(dialled);
  const owned = number && numbers.get(number);
  if (!owned) return { kind: "refused", ending: ending("no-such-number") };
  const ring = owned.ring.flatMap((name) => users.get(name) ?? []);
  const { ringSeconds, unanswered } = owned;
  return { kind: "users", number: owned.number, users: ring, ringSeconds, unanswered };
}

function outbound(callerId: E164, typed: string, { calling }: Directory): Route {
  const dialled = readDialled(typed, calling.country);
  if (!dialled.ok) return { kind: "refused", ending: dialled.ending };
  const { number, country, tariff } = dialled;
  return { kind: "trunk", number, country, tariff, callerId };
}
