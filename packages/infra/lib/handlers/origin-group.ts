import { DescribeSecurityGroupsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { type Sleep, waitFor } from "./retry-policy.ts";

/** Whose group is looked for. */
export type OriginGroupWish = { readonly VpcId: string };

/** CloudFront's developer guide, "Restrict access with VPC origins": what CloudFront calls the group that it makes. */
const groupName = "CloudFront-VPCOrigins-Service-SG";

/** Finds the security group of CloudFront's way into the network, which comes with the first VPC origin. */
export async function findOriginGroup(
  { RequestType, PhysicalResourceId = "", ResourceProperties: { VpcId } }: ResourceEvent<OriginGroupWish>,
  { ec2, sleep }: { readonly ec2: EC2Client; readonly sleep: Sleep },
): Promise<ResourceAnswer> {
  if (RequestType === "Delete") return { PhysicalResourceId };
  const Filters = [
    { Name: "vpc-id", Values: [VpcId] },
    { Name: "group-name", Values: [groupName] },
  ];
  const find = async () =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.at(0)?.GroupId;
  const GroupId = await waitFor(find, sleep);
  if (GroupId === undefined) throw new Error(`CloudFront has made no group ${groupName} in ${VpcId}.`);
  return { PhysicalResourceId: GroupId, Data: { GroupId } };
}
