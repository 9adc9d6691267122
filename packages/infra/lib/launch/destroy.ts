import type { Stack } from "@aws-sdk/client-cloudformation";
import { identify } from "./checks/credentials.ts";
import { isUnderWay } from "./checks/stack-state.ts";
import type { Clients } from "./clients.ts";
import { isAgreed, nobodyToAsk } from "./confirm.ts";
import { type DestroyCommand, destroyUsage, readDestroy } from "./destroy-command.ts";
import { wordsOf } from "./faults.ts";
import type { ExitStatus, Parts } from "./parts.ts";
import { type Removed, remove } from "./removal.ts";
import { findStack, type Outputs, outputsOf, stackName } from "./stack.ts";
import { stayingTexts } from "./staying.ts";
import { destroyCommand, indented, points } from "./words.ts";

/** Removes Trunkline from an AWS account. @param args what stands after the command's name */
export async function destroy(args: readonly string[], parts: Parts): Promise<ExitStatus> {
  const read = readDestroy(args, parts);
  if (read.kind === "help") {
    parts.tell(destroyUsage);
    return 0;
  }
  if (read.kind === "wrong") {
    parts.warn(`Nothing was removed:\n${indented(read.faults)}\nRun destroy --help for the options.`);
    return 2;
  }
  if (!read.command.isAgreed && parts.ask === undefined) {
    parts.warn(nobodyToAsk);
    return 2;
  }
  try {
    return await carryOut(read.command, parts);
  } catch (fault) {
    parts.warn(`destroy has failed: ${wordsOf(fault)}`);
    return 1;
  }
}

async function carryOut(command: DestroyCommand, parts: Parts): Promise<ExitStatus> {
  const { region } = command;
  const clients = parts.clients(region);
  const identity = await identify(clients);
  if ("obstacle" in identity) {
    parts.warn(`Nothing was changed. First:\n${points([identity.obstacle])}`);
    return 1;
  }
  const stack = await findStack(clients.cloudformation);
  if (stack === undefined) {
    parts.tell(
      `There is no stack "${stackName}" in ${region} of the account ${identity.account}. There is nothing to remove.`,
    );
    return 0;
  }
  const obstacle = obstacleOf(stack, region);
  if (obstacle !== undefined) {
    parts.warn(`Nothing was changed. ${obstacle}`);
    return 1;
  }
  parts.tell(await announcement(stack, region, clients));
  if (!command.isAgreed && !(await isAgreed(parts))) return 1;
  return conclude(await remove(stack.StackId ?? stackName, clients, parts), region, parts);
}

function obstacleOf(
  { StackStatus: status = "CREATE_COMPLETE", EnableTerminationProtection }: Stack,
  region: string,
): string | undefined {
  if (EnableTerminationProtection)
    return `The stack is protected against this. To take the protection away:
  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stackName} --region ${region}`;
  if (isUnderWay(status) && status !== "DELETE_IN_PROGRESS")
    return `CloudFormation is still changing the stack (${status}). Wait until it has finished.`;
  return undefined;
}

async function announcement(stack: Stack, region: string, clients: Clients): Promise<string> {
  const outputs = outputsOf(stack);
  const staying = await stayingTexts(outputs, region, clients);
  const number = outputs.PhoneNumber ?? "the number";
  return [
    `The stack "${stackName}" in ${region} will be removed: ${whatOf(outputs)}`,
    "and all that was made for them. Calls that are up end.",
    ...(outputs.NumberIsKept === "false" ? [`${number} is given back to AWS: it may soon be somebody else's.`] : []),
    "",
    "What stays, and what it costs:",
    points(staying),
    "",
  ].join("\n");
}

const whatOf = ({ PhoneUrl: url, VoiceConnectorId: id }: Outputs): string =>
  `the host${url === undefined ? "" : ` with the phone at ${url}`}, the Voice Connector${id === undefined ? "" : ` ${id}`}`;

function conclude(removed: Removed, region: string, { tell, warn }: Parts): ExitStatus {
  switch (removed.kind) {
    case "gone":
      tell("Trunkline has been removed. What remains is listed above.");
      return 0;
    case "failed":
      warn(
        [
          "Not everything could be removed:",
          indented(removed.reasons),
          "See to that, then run it again:",
          `  ${destroyCommand(region)}`,
        ].join("\n"),
      );
      return 1;
    case "lost":
      warn(
        `AWS does not say how far it is: ${removed.why}\nCloudFormation goes on. Look again with:\n  ${destroyCommand(region)}`,
      );
      return 1;
    case "underWay":
      warn(
        `It is not removed after an hour and a half. CloudFormation goes on: look at "${stackName}" in its console.`,
      );
      return 1;
  }
}
