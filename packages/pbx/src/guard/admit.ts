import type { CallingConfig } from "../config/config.ts";
import type { Party } from "../domain/party.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import type { Route } from "../routing/route.ts";

/** How busy the server is at the moment of the decision. */
export type Load = { readonly calls: number; readonly callsOf: (user: string) => number; readonly draining: boolean };

/** Decides whether a routed call may go ahead; `undefined` means it may. Pure: everything it weighs is passed in. */
export function admit(
  from: Party,
  route: Exclude<Route, { kind: "refused" }>,
  load: Load,
  calling: CallingConfig,
): Ending | undefined {
  if (load.draining) return ending("shutting-down");
  if (load.calls >= calling.maxCalls) return ending("too-many-calls");
  if (from.kind === "user" && load.callsOf(from.user) >= calling.maxCallsPerUser) {
    return ending("too-many-calls", "system", {
      words: "You have reached the limit of simultaneous calls.",
      sip: 403,
    });
  }
  return route.kind === "trunk" ? admitToTrunk(route, calling) : undefined;
}

/** Premium numbers first: one of an allowed country costs as much as one of any other. */
function admitToTrunk(
  { country, tariff }: Extract<Route, { kind: "trunk" }>,
  { allow, allowPremium }: CallingConfig,
): Ending | undefined {
  if (tariff === "premium") return allowPremium ? undefined : ending("premium-number");
  if (allow.includes(country)) return undefined;
  return ending("not-allowed", "system", { words: "Calls to this country are not allowed from here." });
}
