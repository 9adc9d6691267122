import { type CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { nameOf } from "../handlers/retry-policy.ts";

/** What the stack is called in every account and region. */
export const stackName = "trunkline";

export type Outputs = Readonly<Record<string, string>>;

/** Looks a stack up by its name or its id. @returns `undefined` when there is none */
export async function findStack(cloudformation: CloudFormationClient, name = stackName): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0];
  } catch (fault) {
    if (isAbsent(fault)) return undefined;
    throw fault;
  }
}

/** CloudFormation has no name of its own for a stack that is not there: it calls it a fault of the request. */
const isAbsent = (fault: unknown): boolean =>
  nameOf(fault) === "ValidationError" && / does not exist/.test((fault as Error).message);

export const outputsOf = (stack: Stack | undefined): Outputs =>
  Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
