import type { CallingConfig } from "../config/config.ts";
import type { User } from "../domain/user.ts";
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
  readonly config: { readonly calling: Pick<CallingConfig, "callsPerSecond"> };
};

/** Who rings, and how the call ends when there is nobody. */
export type Targets = { readonly targets: readonly Target[]; readonly otherwise: Ending };

/** The addresses that a route means at this moment: all devices of all its users, or one address of the trunk. */
export async function findTargets(
  route: Exclude<Route, { kind: "refused" }>,
  { registrar, trunk, pace, config }: Sources,
): Promise<Targets> {
  if (route.kind === "trunk") {
    if (!(await pace.turn(config.calling.callsPerSecond))) return { targets: [], otherwise: ending("too-fast") };
    return { targets: await trunkTargets(route, trunk), otherwise: ending("trunk-unreachable") };
  }
  const devices = await Promise.all(route.users.map((user) => devicesOf(user, registrar)));
  return { targets: devices.flat(), otherwise: ending("not-registered", "callee") };
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
  const browsers = await registrar.reachable(user.name);
  const peer: readonly Target[] = user.contact === undefined ? [] : [{ kind: "peer", user, address: user.contact }];
  return [
    ...peer,
    ...browsers.map(({ binding, flow }): Target => ({ kind: "browser", user, flow, contact: binding.contact })),
  ];
}
