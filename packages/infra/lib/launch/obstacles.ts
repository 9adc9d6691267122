import type { Stack } from "@aws-sdk/client-cloudformation";
import { bootstrap } from "./checks/bootstrap.ts";
import type { Check, Surroundings } from "./checks/check.ts";
import { identify } from "./checks/credentials.ts";
import { disk } from "./checks/disk.ts";
import { addresses, instanceType } from "./checks/host.ts";
import { newNumber } from "./checks/new-number.ts";
import { numberChange } from "./checks/number-change.ts";
import { ownNumber } from "./checks/own-number.ts";
import { secrets } from "./checks/secrets.ts";
import { stateObstacles } from "./checks/stack-state.ts";
import { voiceConnectors } from "./checks/voice-connectors.ts";
import type { Clients } from "./clients.ts";
import { kindOf, wordsOf } from "./faults.ts";
import type { LaunchCommand } from "./launch-command.ts";
import { findStack, outputsOf } from "./stack.ts";

/** What stands in the way, and what nobody was allowed to look at. */
export type Found = { readonly obstacles: readonly string[]; readonly unchecked: readonly string[] };

const checks: readonly Check[] = [
  ...[bootstrap, voiceConnectors, ownNumber, newNumber, numberChange],
  ...[addresses, instanceType, disk, secrets],
];

/** Looks for everything that would keep a deployment from working, all of it at once. It changes nothing. */
export async function findObstacles(command: LaunchCommand, clients: Clients): Promise<Found> {
  const identity = await identify(clients);
  if ("obstacle" in identity) return { obstacles: [identity.obstacle], unchecked: [] };
  const { region } = command.settings;
  const { found, stack, isKnown } = await lookAtStack(clients, region);
  const surroundings: Surroundings = {
    clients,
    command,
    account: identity.account,
    isNew: isKnown && (stack === undefined || stack.StackStatus === "REVIEW_IN_PROGRESS"),
    outputs: outputsOf(stack),
  };
  const all = [found, ...(await Promise.all(checks.map((check) => carryOut(check, surroundings))))];
  return { obstacles: all.flatMap((one) => one.obstacles), unchecked: all.flatMap((one) => one.unchecked) };
}

type Looked = { readonly found: Found; readonly stack?: Stack | undefined; readonly isKnown: boolean };

async function lookAtStack({ cloudformation }: Clients, region: string): Promise<Looked> {
  try {
    const stack = await findStack(cloudformation);
    const obstacles = stack === undefined ? [] : stateObstacles(stack.StackStatus ?? "", region);
    return { found: { obstacles, unchecked: [] }, stack, isKnown: true };
  } catch (fault) {
    return { found: uncheckable("the state of the stack", fault), isKnown: false };
  }
}

async function carryOut({ what, find }: Check, surroundings: Surroundings): Promise<Found> {
  try {
    return { obstacles: await find(surroundings), unchecked: [] };
  } catch (fault) {
    return uncheckable(what, fault);
  }
}

/** Who may not look may well be allowed to deploy, by CDK's roles; any other fault is one. */
function uncheckable(what: string, fault: unknown): Found {
  const words = `could not be checked: ${what} (${wordsOf(fault)})`;
  return kindOf(fault) === "denied" ? { obstacles: [], unchecked: [words] } : { obstacles: [words], unchecked: [] };
}
