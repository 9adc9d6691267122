import type { CallingConfig } from "../config/config.ts";
import type { UserName } from "../domain/names.ts";
import { type Party, partyName } from "../domain/party.ts";
import type { User } from "../domain/user.ts";
import type { Minutes } from "../guard/minutes.ts";
import type { Pace } from "../guard/pace.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import type { Registrar } from "../registrar/registrar.ts";
import type { Route } from "../routing/route.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Target } from "./target.ts";

type Sources = {
  readonly registrar: Registrar;
  readonly trunk: Trunk;
  readonly pace: Pace;
  readonly minutes: Minutes;
  readonly calls: { countOf(user: UserName): number };
  readonly config: { readonly calling: Pick<CallingConfig, "callsPerSecond"> };
};

/** Who rings, and how the call ends when there is nobody. */
export type Targets = {
  readonly targets: readonly Target[];
  readonly otherwise: Ending;
};

/** The addresses that a route means at this moment: all devices of all its users, or one address of the trunk. */
export async function findTargets(
  route: Exclude<Route, { kind: "refused" }>,
  from: Party,
  sources: Sources,
): Promise<Targets> {
  if (route.kind === "trunk") return overTrunk(route, from, sources);
  const { registrar, calls } = sources;
  const free = route.users.filter(({ name, callWaiting }) => callWaiting || calls.countOf(name) === 0);
  const devices = await Promise.all(free.map((user) => devicesOf(user, registrar)));
  const otherwise = free.length < route.users.length ? "busy" : "not-registered";
  return { targets: devices.flat(), otherwise: ending(otherwise, "callee") };
}

/** What is to be paid for: who has no minutes left is told before a turn is taken. */
async function overTrunk(
  route: Extract<Route, { kind: "trunk" }>,
  from: Party,
  { trunk, pace, minutes, config: { calling } }: Sources,
): Promise<Targets> {
  if (from.kind === "user" && (await minutes.left(from.user)) === 0)
    return { targets: [], otherwise: ending("minutes-used") };
  if (!(await pace.turn(calling.callsPerSecond, partyName(from))))
    return { targets: [], otherwise: ending("too-fast") };
  return { targets: await trunkTargets(route, trunk), otherwise: ending("trunk-unreachable") };
}

async function trunkTargets(route: Extract<Route, { kind: "trunk" }>, trunk: Trunk): Promise<readonly Target[]> {
  const [destination, ...others] = await trunk.destinations();
  if (destination === undefined) return [];
  return [
    {
      kind: "trunk",
      number: route.number,
      callerId: route.callerId,
      domain: trunk.domain,
      destination,
      others,
      reach: trunk.reach,
      credentials: trunk.credentials,
    },
  ];
}

async function devicesOf(user: User, registrar: Registrar): Promise<readonly Target[]> {
  const reachable = await registrar.reachable(user.name);
  const peer: readonly Target[] = user.contact === undefined ? [] : [{ kind: "peer", user, address: user.contact }];
  return [
    ...peer,
    ...reachable.map(({ binding: { contact, source }, destination }): Target => {
      const isBrowser = source.transport === "ws" || source.transport === "wss";
      return { kind: isBrowser ? "browser" : "device", user, destination, contact };
    }),
  ];
}
