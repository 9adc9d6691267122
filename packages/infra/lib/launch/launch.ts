import { deploy, synthesise } from "./cdk.ts";
import type { Clients } from "./clients.ts";
import { isAgreed, nobodyToAsk } from "./confirm.ts";
import { newestEvent } from "./events.ts";
import { failureText } from "./failure.ts";
import { wordsOf } from "./faults.ts";
import { finishText } from "./finish.ts";
import { invite } from "./invite.ts";
import { type LaunchCommand, launchUsage, readLaunch } from "./launch-command.ts";
import { findObstacles } from "./obstacles.ts";
import { faultsOfOwn } from "./own-configuration.ts";
import type { ExitStatus, LaunchParts } from "./parts.ts";
import { planText } from "./plan.ts";
import { findStack, outputsOf, stackName } from "./stack.ts";
import { readTemplate } from "./template.ts";
import { indented, points } from "./words.ts";

/** Puts Trunkline into an AWS account, or shows what that would be. @param args what stands after the command's name */
export async function launch(args: readonly string[], parts: LaunchParts): Promise<ExitStatus> {
  const read = readLaunch(args, parts);
  if (read.kind === "help") {
    parts.tell(launchUsage);
    return 0;
  }
  if (read.kind === "wrong") {
    parts.warn(`Nothing was launched:\n${indented(read.faults)}\nRun launch --help for the options.`);
    return 2;
  }
  try {
    return read.command.isDryRun ? await show(read.command, parts) : await carryOut(read.command, parts);
  } catch (fault) {
    parts.warn(`launch has failed: ${wordsOf(fault)}`);
    return 1;
  }
}

async function show(command: LaunchCommand, parts: LaunchParts): Promise<ExitStatus> {
  if (!(await prepare(command, parts))) return 1;
  parts.tell(`\nNothing was changed: this was a dry run. The template is in ${parts.out}.`);
  return 0;
}

async function carryOut(command: LaunchCommand, parts: LaunchParts): Promise<ExitStatus> {
  if (!command.isAgreed && parts.ask === undefined) {
    parts.warn(nobodyToAsk);
    return 2;
  }
  const { region } = command.settings;
  const clients = parts.clients(region);
  if (!(await isClear(command, clients, parts)) || !(await prepare(command, parts))) return 1;
  if (!command.isAgreed && !(await isAgreed(parts))) return 1;
  const before = await newestEvent(clients.cloudformation, stackName);
  const { status } = await deploy(command, parts);
  if (status !== 0) {
    parts.warn(await failureText(clients, region, before));
    return 1;
  }
  await finish(clients, parts);
  return 0;
}

/** @returns whether nothing stands in the way */
async function isClear(command: LaunchCommand, clients: Clients, { tell, warn }: LaunchParts): Promise<boolean> {
  tell(`Checking your account in ${command.settings.region} ...`);
  const { obstacles, unchecked } = await findObstacles(command, clients);
  for (const words of unchecked) warn(words);
  if (obstacles.length === 0) return true;
  warn(`Nothing was changed. First:\n${points(obstacles)}`);
  return false;
}

/** Builds what is deployed and shows it. @returns whether that worked */
async function prepare(command: LaunchCommand, parts: LaunchParts): Promise<boolean> {
  parts.tell("Building the server and the template ...");
  const { file, server } = await parts.build();
  const faults = await faultsOfOwn(command.settings, server, parts);
  if (faults.length > 0) {
    parts.warn(`Nothing was changed: the server does not take your configuration:\n${indented(faults)}`);
    return false;
  }
  const { status, output } = await synthesise(command, file, parts);
  if (status === 0) parts.tell(`\n${planText(readTemplate(parts.out), command.settings)}`);
  else parts.warn(`Nothing was changed: the template could not be made.\n${output.trim()}`);
  return status === 0;
}

async function finish({ cloudformation, ssm }: Clients, { tell, sleep }: LaunchParts): Promise<void> {
  const outputs = outputsOf(await findStack(cloudformation));
  const { HostId: host, FirstUser: user } = outputs;
  const isNamed = host !== undefined && user !== undefined;
  if (isNamed) tell("Asking the host for a sign-in link ...");
  const invited = isNamed ? await invite(host, user, { ssm, sleep }) : { why: "the stack names no host and no user" };
  tell(finishText(outputs, invited));
}
