import { findTargets } from "../call/find-targets.ts";
import type { Placement, TransferOf } from "../call/services.ts";
import { readE164, type UserName } from "../domain/names.ts";
import type { Party, UserParty } from "../domain/party.ts";
import { admit } from "../guard/admit.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import { routeCall } from "../routing/route.ts";
import { type IngressContext, loadOf } from "./context.ts";
import { dialledIn, ringSecondsOf } from "./dialled.ts";

/**
 * Whom the target of a transfer means and who is rung for it, under the same rules as if the one who asks had dialled it
 * (RFC 3515 section 4.1 leaves that to local policy), or why it may not be.
 */
export function placeTransfer(
  transfer: TransferOf,
  target: string,
  context: IngressContext,
): Placement | { readonly refusal: Ending } {
  const { by } = transfer;
  if (!isUser(by, context)) return { refusal: nobodyNow };
  const route = routeCall(by, dialledIn(target), context.config);
  if (route.kind === "refused") return { refusal: route.ending };
  // The call that is transferred takes no more room than it has.
  const { calls, callsOf, draining } = loadOf(context);
  const load = { calls: calls - 1, callsOf: (user: string) => callsOf(user) - 1, draining };
  const refusal = admit(by, route, load, context.config.calling) ?? refusalOfTrunk(transfer, route.kind, context);
  if (refusal !== undefined) return { refusal };
  const ringSeconds = ringSecondsOf(route);
  const to = route.kind === "trunk" ? route.number : route.to;
  return { to, ringSeconds, isPaid: route.kind === "trunk", find: () => findTargets(route, by, context) };
}

/** Why two parties may not be joined; `undefined`: they may. */
export const refusalOfJoin = (transfer: TransferOf, target: Party, context: IngressContext): Ending | undefined =>
  isUser(transfer.by, context) ? refusalOfTrunk(transfer, target.kind, context) : nobodyNow;

/** A call that is up goes on when a reload removes its user, but calls nobody else. */
const isUser = ({ user }: UserParty, { config }: IngressContext): boolean => config.users.has(user);

const nobodyNow = ending("not-allowed", "system", { words: "Only users may transfer calls." });

/** The devices of the one to whom a transfer comes back. */
export function placeReturn(name: UserName, context: IngressContext): Placement {
  const user = context.config.users.get(name);
  const users = user === undefined ? [] : [user];
  const route = { kind: "users", to: name, users, ringSeconds: returnSeconds, unanswered: "reject" } as const;
  return { to: name, ringSeconds: returnSeconds, isPaid: false, find: () => findTargets(route, anybody, context) };
}

/** Whose call it is does not matter where no minutes are paid for. */
const anybody: Party = { kind: "trunk", number: "" };

const returnSeconds = 30;

/** A call from the telephone network is not sent back into it, at the cost of whoever owns the number, unless the number says so. */
function refusalOfTrunk(
  { other, number }: TransferOf,
  target: "users" | Party["kind"],
  { config }: IngressContext,
): Ending | undefined {
  if (other.kind !== "trunk" || target !== "trunk") return undefined;
  const owned = readE164(number);
  if (owned !== undefined && config.numbers.get(owned)?.transferOut === true) return undefined;
  return ending("not-allowed", "system", { words: "This call cannot be transferred to the telephone network." });
}
