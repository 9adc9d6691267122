import {
  AssociateAddressCommand,
  AttachVolumeCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  DisassociateAddressCommand,
  type EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { nameOf } from "./retry-policy.ts";

/** Which host has the volume and the address. */
export type Attachments = {
  readonly VolumeId: string;
  /** Of the Elastic IP. */
  readonly AllocationId: string;
  readonly InstanceId: string;
};

type Event = ResourceEvent<Attachments>;
type State = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

const device = "/dev/sdf";

/** Names the attachments; the work is `attachmentsCompletion`'s. */
export const onAttachments = ({ RequestType, PhysicalResourceId = "", ResourceProperties }: Event): ResourceAnswer => ({
  PhysicalResourceId: RequestType === "Delete" ? PhysicalResourceId : idOf(ResourceProperties),
});

const idOf = ({ VolumeId, AllocationId, InstanceId }: Attachments): string =>
  [VolumeId, AllocationId, InstanceId].join("/");

function readId(id = ""): Attachments | undefined {
  const [, VolumeId, AllocationId, InstanceId] = /^(vol-\w+)\/(eipalloc-\w+)\/(i-\w+)$/.exec(id) ?? [];
  if (VolumeId === undefined || AllocationId === undefined || InstanceId === undefined) return undefined;
  return { VolumeId, AllocationId, InstanceId };
}

/**
 * Brings volume and address one step nearer to their host, or away from it. A host that has the volume is stopped first, so
 * that its server ends its calls and the volume is whole; one that gets it is started where it is not. Everything is read
 * anew each time, so a change that is taken back brings back what the host before had.
 */
export async function attachmentsCompletion(event: Event, ec2: EC2Client): Promise<Completion> {
  if (event.RequestType === "Delete") return { IsComplete: await release(event, ec2) };
  const { ResourceProperties: wanted } = event;
  return { IsComplete: (await bringVolume(wanted, ec2)) && (await bringAddress(wanted, ec2)) };
}

/** @returns whether the host has it, and runs */
async function bringVolume(wanted: Attachments, ec2: EC2Client): Promise<boolean> {
  const { VolumeId, InstanceId } = wanted;
  const holder = await holderOf(VolumeId, ec2);
  if (holder === undefined) await attach(wanted, ec2);
  else if (holder !== "nobody yet" && holder !== InstanceId) await takeFrom(holder, VolumeId, ec2);
  return holder === InstanceId && (await isRunning(InstanceId, ec2));
}

/** An attachment that another has followed has nothing to release. */
async function release({ PhysicalResourceId }: Event, ec2: EC2Client): Promise<boolean> {
  const made = readId(PhysicalResourceId);
  if (made === undefined) return true;
  await releaseAddress(made, ec2);
  const holder = await holderOf(made.VolumeId, ec2).catch(goneIs(undefined));
  if (holder === "nobody yet") return false;
  if (holder !== made.InstanceId) return true;
  await takeFrom(holder, made.VolumeId, ec2);
  return false;
}

const goneIs =
  <T>(value: T) =>
  (fault: unknown): T => {
    if (/\.NotFound$/.test(nameOf(fault))) return value;
    throw fault;
  };

async function bringAddress({ AllocationId, InstanceId }: Attachments, ec2: EC2Client): Promise<boolean> {
  if ((await addressOf(AllocationId, ec2))?.InstanceId === InstanceId) return true;
  await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId, AllowReassociation: true }));
  return false;
}

async function releaseAddress({ AllocationId, InstanceId }: Attachments, ec2: EC2Client): Promise<void> {
  const found = await addressOf(AllocationId, ec2).catch(goneIs(undefined));
  if (found?.InstanceId === InstanceId)
    await ec2.send(new DisassociateAddressCommand({ AssociationId: found.AssociationId }));
}

const addressOf = async (allocation: string, ec2: EC2Client) =>
  (await ec2.send(new DescribeAddressesCommand({ AllocationIds: [allocation] }))).Addresses?.at(0);

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

async function attach({ VolumeId, InstanceId }: Attachments, ec2: EC2Client): Promise<void> {
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
