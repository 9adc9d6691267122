import { isUnderWay } from "./checks/stack-state.ts";
import type { Clients } from "./clients.ts";
import { failuresSince } from "./events.ts";
import { findStack, stackName } from "./stack.ts";
import { destroyCommand, indented } from "./words.ts";

/** What a failed deployment has left, and why it failed, as text. @param before the newest event before it */
export async function failureText(
  { cloudformation }: Clients,
  region: string,
  before: string | undefined,
): Promise<string> {
  const stack = await findStack(cloudformation).catch(() => undefined);
  const reasons = stack === undefined ? [] : await failuresSince(cloudformation, stack.StackId ?? stackName, before);
  const why = reasons.length === 0 ? [] : ["What failed first:", indented(reasons.slice(0, mostReasons))];
  return ["The deployment failed.", leftBy(stack?.StackStatus, region), ...why].join("\n");
}

const mostReasons = 5;

function leftBy(status: string | undefined, region: string): string {
  if (status === undefined || status === "REVIEW_IN_PROGRESS")
    return "Nothing was created. The output of the cdk command above says why.";
  if (isUnderWay(status))
    return `CloudFormation goes on by itself (${status}). Its console shows how it ends: stack "${stackName}" in ${region}.`;
  if (status === "ROLLBACK_COMPLETE")
    return `CloudFormation has taken back what it made, except what is kept: a number that was ordered stays in your account, and
the next launch with the same wish takes it. Before that, remove the remains:
  ${destroyCommand(region)}
What the host has said is gone with it. To look at it, launch with --keep-failed.`;
  if (/^(UPDATE|IMPORT)_ROLLBACK_COMPLETE$/.test(status))
    return "CloudFormation rolled the change back. The previous deployment still runs.";
  if (/^(CREATE|UPDATE)_FAILED$/.test(status))
    return `Nothing was taken back. What the host has said is in Systems Manager, State Manager, "${stackName}-version"; a shell on
it opens there, too (Fleet Manager). When you have seen enough, launch again, or remove everything:
  ${destroyCommand(region)}`;
  if (/FAILED$/.test(status))
    return `CloudFormation could not roll everything back (${status}). The next launch says what to do.`;
  return `The stack is unchanged (${status}). The output of the cdk command above says why.`;
}
