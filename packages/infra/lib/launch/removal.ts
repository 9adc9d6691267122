import {
  DeleteStackCommand,
  ListStackResourcesCommand,
  type ListStackResourcesOutput,
} from "@aws-sdk/client-cloudformation";
import type { Clients } from "./clients.ts";
import { failuresSince, newestEvent } from "./events.ts";
import { wordsOf } from "./faults.ts";
import type { Parts } from "./parts.ts";
import { findStack } from "./stack.ts";
import { counted } from "./words.ts";

/** How a removal has ended. */
export type Removed =
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly reasons: readonly string[] }
  | { readonly kind: "lost"; readonly why: string }
  | { readonly kind: "underWay" };

const everyMs = 10_000;
/** A distribution and what it reaches take long; nothing takes longer than this. */
const mostLooks = 540;

/** Has CloudFormation delete a stack, by its id, and waits until that is over. */
export async function remove(id: string, { cloudformation }: Clients, parts: Parts): Promise<Removed> {
  const before = await newestEvent(cloudformation, id);
  await cloudformation.send(new DeleteStackCommand({ StackName: id }));
  try {
    const status = await wait(id, cloudformation, parts);
    if (status === "DELETE_IN_PROGRESS") return { kind: "underWay" };
    if (status === "DELETE_COMPLETE") return { kind: "gone" };
    return { kind: "failed", reasons: await failuresSince(cloudformation, id, before) };
  } catch (fault) {
    return { kind: "lost", why: wordsOf(fault) };
  }
}

/** @returns the state that it ends in, or is in when nobody waits any longer */
async function wait(id: string, cloudformation: Clients["cloudformation"], { sleep, tell }: Parts): Promise<string> {
  let told = "";
  for (let look = 0; look < mostLooks; look++) {
    await sleep(everyMs);
    // Asked by its id, CloudFormation knows a stack for a while after it is gone.
    const status = (await findStack(cloudformation, id))?.StackStatus ?? "DELETE_COMPLETE";
    if (status !== "DELETE_IN_PROGRESS") return status;
    const line = await progress(id, cloudformation);
    if (line !== told) tell(line);
    told = line;
  }
  return "DELETE_IN_PROGRESS";
}

async function progress(StackName: string, cloudformation: Clients["cloudformation"]): Promise<string> {
  let [left, NextToken]: [number, string | undefined] = [0, undefined];
  do {
    const page: ListStackResourcesOutput = await cloudformation.send(
      new ListStackResourcesCommand({ StackName, NextToken }),
    );
    left += page.StackResourceSummaries?.filter((one) => !over.has(one.ResourceStatus ?? "")).length ?? 0;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return `Being removed: ${counted(left, ["thing is", "things are"])} left.`;
}

const over = new Set(["DELETE_COMPLETE", "DELETE_SKIPPED"]);
