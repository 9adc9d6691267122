import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import type { Instance } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Attachments } from "../handlers/host-attachments.ts";
import { acknowledge } from "./acknowledge.ts";
import type { DataVolume } from "./data-volume.ts";
import { Handler } from "./handler.ts";
import type { HostAddress } from "./host-address.ts";

export type HostAttachmentsProps = {
  readonly instance: Instance;
  readonly volume: DataVolume;
  readonly address: HostAddress;
};

/**
 * Gives the volume and the address to a host. Whichever host has the volume is stopped first: CloudFormation by itself would
 * try the other way round, and would give the address back to nobody when a change is taken back.
 */
export class HostAttachments extends Construct {
  constructor(scope: Construct, id: string, { instance, volume, address }: HostAttachmentsProps) {
    super(scope, id);
    const handler = new Handler(this, "Handler", {
      entry: "host-attachments-handler",
      description: "Gives the data volume and the public address to a host",
      timeout: Duration.minutes(2),
      completes: { every: Duration.seconds(10), within: Duration.minutes(20) },
    });
    const stack = Stack.of(this);
    const arn = (resource: string, resourceName: string): string =>
      stack.formatArn({ service: "ec2", resource, resourceName });
    const onAddress = ["ec2:AssociateAddress", "ec2:DisassociateAddress"];
    const onVolume = ["ec2:AttachVolume", "ec2:DetachVolume"];
    handler.allow(
      new PolicyStatement({ actions: looking, resources: ["*"] }),
      new PolicyStatement({
        actions: ["ec2:StopInstances", "ec2:StartInstances", ...onVolume, ...onAddress],
        resources: [arn("instance", "*")],
        conditions: { StringEquals: { "ec2:ResourceTag/aws:cloudformation:stack-id": stack.stackId } },
      }),
      new PolicyStatement({ actions: onVolume, resources: [arn("volume", volume.id)] }),
      new PolicyStatement({
        actions: onAddress,
        resources: [arn("elastic-ip", address.allocationId), arn("network-interface", "*")],
      }),
    );
    acknowledge(handler.role, {
      "AwsSolutions-IAM5[Resource::*]": "What EC2 describes knows no narrower resource.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]":
        "Only instances of this stack, by their tag: the one that has the volume is known only when it is asked for.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]":
        "An instance's interface has no tag of the stack; the address is this one alone.",
    });
    const properties: Attachments = {
      VolumeId: volume.id,
      AllocationId: address.allocationId,
      InstanceId: instance.instanceId,
    };
    new CustomResource(this, "Attachments", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::HostAttachments",
      properties,
    });
  }
}

const looking = ["ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeVolumes"];
