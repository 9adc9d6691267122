import type { CallingConfig } from "../../src/config/config.ts";
import { asUserName, type E164 } from "../../src/domain/names.ts";
import type { OwnedNumber, User } from "../../src/domain/user.ts";

export const ownNumber = "+16185558387" as E164;

/** A user with everything that is not said at its default. */
export const userOf = (name: string, changes: Partial<User> = {}): User => ({
  name: asUserName(name),
  displayName: name.charAt(0).toUpperCase() + name.slice(1),
  callerId: ownNumber,
  operator: false,
  callWaiting: true,
  ...changes,
});

/** An owned number with everything that is not said at its default. */
export const numberOf = (ring: readonly string[], changes: Partial<OwnedNumber> = {}): OwnedNumber => ({
  number: ownNumber,
  ring: ring.map(asUserName),
  ringSeconds: 30,
  unanswered: "announcement",
  transferOut: false,
  ...changes,
});

/** The limits on calling, each at its default that is not said. */
export const callingOf = (changes: Partial<CallingConfig> = {}): CallingConfig => ({
  country: "US",
  allow: ["US", "CA"],
  allowPremium: false,
  callsPerSecond: 1,
  maxCalls: 10,
  maxCallsPerUser: 2,
  maxMinutes: 240,
  maxHoldMinutes: 60,
  minutesPerUserPerDay: 300,
  ...changes,
});
