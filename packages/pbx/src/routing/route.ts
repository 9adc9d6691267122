import type { Config } from "../config/config.ts";
import { isEmergency } from "../domain/emergency.ts";
import { type E164, readE164 } from "../domain/names.ts";
import type { Party, UserParty } from "../domain/party.ts";
import type { OwnedNumber, Unanswered, User } from "../domain/user.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import { readDialled, type Tariff } from "../numbers/dialled.ts";

/** Where a call goes, or why it goes nowhere. */
export type Route =
  | {
      readonly kind: "users";
      /** The number or the user that is called. */
      readonly to: string;
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

const internalRingSeconds = 60;

type Directory = Pick<Config, "users" | "numbers" | "calling">;

/** Decides where a call goes. `dialled` is the user part of the request URI; the trunk's calls are read by it alone. */
export function routeCall(from: Party, dialled: string, directory: Directory): Route {
  return from.kind === "trunk" ? inbound(dialled, directory) : fromUser(from, dialled, directory);
}

/**
 * Users are called by name or extension; owned numbers stay inside; all else goes to the trunk. An emergency number is
 * never anyone's extension.
 */
function fromUser(from: UserParty, dialled: string, directory: Directory): Route {
  const name = dialled.trim().toLowerCase();
  const isExtension = !isEmergency(name, directory.calling.country);
  const user = [...directory.users.values()].find(
    (one) => one.name === name || (isExtension && one.extension === name),
  );
  if (user !== undefined) return toUser(from, user);
  const route = outbound(from.callerId, dialled, directory);
  const owned = route.kind === "trunk" ? directory.numbers.get(route.number) : undefined;
  return owned === undefined ? route : toOwned(owned, directory, from.user);
}

function toUser(from: UserParty, user: User): Route {
  if (user.name === from.user)
    return { kind: "refused", ending: ending("not-allowed", "system", { words: "You cannot call yourself." }) };
  return { kind: "users", to: user.name, users: [user], ringSeconds: internalRingSeconds, unanswered: "reject" };
}

/** A number rings all its users, but never the phones of the one who calls it. */
function toOwned({ number, ring, ringSeconds, unanswered }: OwnedNumber, { users }: Directory, caller?: string): Route {
  const rung = ring.filter((name) => name !== caller).flatMap((name) => users.get(name) ?? []);
  return { kind: "users", to: number, users: rung, ringSeconds, unanswered };
}

function inbound(dialled: string, directory: Directory): Route {
  const number = readE164(dialled);
  const owned = number && directory.numbers.get(number);
  return owned ? toOwned(owned, directory) : { kind: "refused", ending: ending("no-such-number") };
}

function outbound(callerId: E164, typed: string, { calling }: Directory): Route {
  const dialled = readDialled(typed, calling.country);
  if (!dialled.ok) return { kind: "refused", ending: dialled.ending };
  const { number, country, tariff } = dialled;
  return { kind: "trunk", number, country, tariff, callerId };
}
