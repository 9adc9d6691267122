import {
  AttachVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  type EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { nameOf } from "./patience.ts";

/** Which host has the volume. */
export type Attachment = { readonly VolumeId: string; readonly InstanceId: string };

type Event = ResourceEvent<Attachment>;
type State = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

const device = "/dev/sdf";

/** Names the attachment; the work is `attachmentCompletion`'s. */
export const onAttachment = ({ RequestType, PhysicalResourceId = "", ResourceProperties }: Event): ResourceAnswer => ({
  PhysicalResourceId:
    RequestType === "Delete" ? PhysicalResourceId : `${ResourceProperties.VolumeId}/${ResourceProperties.InstanceId}`,
});

/**
 * Brings the volume one step nearer to its host, or away from it. A host that has it is stopped first, so that its server
 * ends its calls and the volume is whole; one that gets it is started where it is not. Everything is read anew each time.
 */
export async function attachmentCompletion(event: Event, ec2: EC2Client): Promise<Completion> {
  if (event.RequestType === "Delete") return { IsComplete: await release(event, ec2) };
  const { VolumeId, InstanceId } = event.ResourceProperties;
  const holder = await holderOf(VolumeId, ec2);
  if (holder === undefined) await attach(event.ResourceProperties, ec2);
  else if (holder !== "nobody yet" && holder !== InstanceId) await takeFrom(holder, VolumeId, ec2);
  return { IsComplete: holder === InstanceId && (await isRunning(InstanceId, ec2)) };
}

/** An attachment that another has followed has nothing to release. */
async function release({ PhysicalResourceId = "" }: Event, ec2: EC2Client): Promise<boolean> {
  const [volume = "", instance] = PhysicalResourceId.split("/");
  if (!volume.startsWith("vol-")) return true;
  const holder = await holderOf(volume, ec2).catch(goneIs(undefined));
  if (holder === "nobody yet") return false;
  if (holder === undefined || holder !== instance) return true;
  await takeFrom(holder, volume, ec2);
  return false;
}

const goneIs =
  <T>(value: T) =>
  (fault: unknown): T => {
    if (/\.NotFound$/.test(nameOf(fault))) return value;
    throw fault;
  };

/** @returns the host that has it, `undefined` for none, "nobody yet" while it is on its way */
async function holderOf(volume: string, ec2: EC2Client): Promise<string | undefined> {
  const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volume] }));
  const [found] = Volumes ?? [];
  const [attachment] = found?.Attachments ?? [];
  if (attachment?.State === "attached") return attachment.InstanceId;
  return found?.State === "available" ? undefined : "nobody yet";
}

async function stateOf(instance: string, ec2: EC2Client): Promise<State> {
  const asked = ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
  const found = await asked.catch(goneIs(undefined));
  return (found?.Reservations?.at(0)?.Instances?.at(0)?.State?.Name as State | undefined) ?? "terminated";
}

async function attach({ VolumeId, InstanceId }: Attachment, ec2: EC2Client): Promise<void> {
  const state = await stateOf(InstanceId, ec2);
  if (state === "terminated" || state === "shutting-down") throw new Error(`The host ${InstanceId} is gone.`);
  if (state === "running" || state === "stopped")
    await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: device }));
}

async function takeFrom(instance: string, VolumeId: string, ec2: EC2Client): Promise<void> {
  const state = await stateOf(instance, ec2);
  if (state === "running") await ec2.send(new StopInstancesCommand({ InstanceIds: [instance] }));
  else if (state === "stopped" || state === "terminated") await ec2.send(new DetachVolumeCommand({ VolumeId }));
}

async function isRunning(instance: string, ec2: EC2Client): Promise<boolean> {
  const state = await stateOf(instance, ec2);
  if (state === "stopped") await ec2.send(new StartInstancesCommand({ InstanceIds: [instance] }));
  return state === "running";
}
