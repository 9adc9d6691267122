import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  type DescribeStackEventsOutput,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import { kindOf, wordsOf } from "./faults.ts";

/** The newest event of a stack, by which those that come after it are known; `undefined` where there is none to see. */
export async function newestEvent(cloudformation: CloudFormationClient, name: string): Promise<string | undefined> {
  try {
    const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: name }));
    return StackEvents[0]?.EventId;
  } catch (fault) {
    if (isSilent(fault)) return undefined;
    throw fault;
  }
}

/** Why resources have failed since an event, the first failure first. */
export async function failuresSince(
  cloudformation: CloudFormationClient,
  name: string,
  event: string | undefined,
): Promise<readonly string[]> {
  try {
    return (await eventsSince(cloudformation, name, event)).filter(isFailure).map(failureWords);
  } catch (fault) {
    return [`CloudFormation's events could not be read: ${wordsOf(fault)}`];
  }
}

async function eventsSince(
  cloudformation: CloudFormationClient,
  StackName: string,
  event: string | undefined,
): Promise<readonly StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page: DescribeStackEventsOutput = await cloudformation.send(
      new DescribeStackEventsCommand({ StackName, NextToken }),
    );
    for (const one of page.StackEvents ?? []) {
      if (one.EventId === event) return events.reverse();
      events.push(one);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return events.reverse();
}

/** What only followed from another failure, or tells of the stack as a whole, explains nothing. */
const isFailure = ({ ResourceStatus, ResourceStatusReason = "", ResourceType }: StackEvent): boolean =>
  /_FAILED$/.test(ResourceStatus ?? "") &&
  ResourceType !== "AWS::CloudFormation::Stack" &&
  !/^Resource (creation|update|deletion) cancelled/i.test(ResourceStatusReason);

const failureWords = ({ LogicalResourceId, ResourceType, ResourceStatusReason = "no reason is given" }: StackEvent) =>
  `${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`;

/** A stack that is not there has no events, and who may not see them is not kept from deploying by that. */
const isSilent = (fault: unknown): boolean =>
  kindOf(fault) === "denied" || / does not exist/.test(fault instanceof Error ? fault.message : "");
