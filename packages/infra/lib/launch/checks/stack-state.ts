import { stackName } from "../stack.ts";
import { destroyCommand } from "../words.ts";

const ready = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
  // With --keep-failed nothing was taken back: the next attempt goes on from there.
  ...["CREATE_FAILED", "UPDATE_FAILED"],
  // A name that was only looked at: nothing has been made.
  "REVIEW_IN_PROGRESS",
]);

/** Whether CloudFormation is at work on a stack that is in this state. */
export const isUnderWay = (status: string): boolean => /_IN_PROGRESS$/.test(status) && status !== "REVIEW_IN_PROGRESS";

/** What keeps a stack in this state from being updated, with what to do. */
export function stateObstacles(status: string, region: string): readonly string[] {
  if (ready.has(status)) return [];
  return [`The stack "${stackName}" in ${region} cannot be changed: it is ${status}. ${remedyFor(status, region)}`];
}

function remedyFor(status: string, region: string): string {
  const aws = (command: string): string => `aws cloudformation ${command} --stack-name ${stackName} --region ${region}`;
  if (isUnderWay(status)) return "CloudFormation is still changing it. Wait until it has finished, then launch again.";
  if (status === "UPDATE_ROLLBACK_FAILED")
    return `Taking a change back has failed. Look at its events for the reason, then run:\n  ${aws("continue-update-rollback")}`;
  return `Nothing of it is in use. Remove its remains, then launch again:\n  ${destroyCommand(region)}`;
}
