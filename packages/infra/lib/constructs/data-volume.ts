import { CfnDeletionPolicy, CustomResource, Duration, Stack, Tags } from "aws-cdk-lib";
import { CfnVolume, type Instance } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { Handler } from "./handler.ts";

export type DataVolumeProps = { readonly sizeGiB: number; readonly availabilityZone: string };

/** What a host keeps, history and sign-ins: a volume of its own, which outlives the host and the stack. */
export class DataVolume extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { sizeGiB, availabilityZone }: DataVolumeProps) {
    super(scope, id);
    const volume = new CfnVolume(this, "Volume", {
      availabilityZone,
      size: sizeGiB,
      volumeType: "gp3",
      encrypted: true,
    });
    volume.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    volume.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    Tags.of(volume).add("Name", `${Stack.of(this).stackName}-data`);
    this.id = volume.attrVolumeId;
  }

  /** Gives it to a host. Whichever host has it is stopped first; CloudFormation by itself would try the other way round. */
  attachTo(instance: Instance): CustomResource {
    const handler = new Handler(this, "Handler", {
      entry: "data-volume-handler",
      description: "Gives the data volume to a host",
      timeout: Duration.minutes(2),
      completes: { every: Duration.seconds(10), within: Duration.minutes(20) },
    });
    const stack = Stack.of(this);
    const instances = stack.formatArn({ service: "ec2", resource: "instance", resourceName: "*" });
    const volume = stack.formatArn({ service: "ec2", resource: "volume", resourceName: this.id });
    handler.allow(
      new PolicyStatement({ actions: ["ec2:DescribeVolumes", "ec2:DescribeInstances"], resources: ["*"] }),
      new PolicyStatement({
        actions: ["ec2:StopInstances", "ec2:StartInstances", "ec2:AttachVolume", "ec2:DetachVolume"],
        resources: [instances],
        conditions: { StringEquals: { "ec2:ResourceTag/aws:cloudformation:stack-id": stack.stackId } },
      }),
      new PolicyStatement({ actions: ["ec2:AttachVolume", "ec2:DetachVolume"], resources: [volume] }),
    );
    acknowledge(handler.role, {
      "AwsSolutions-IAM5[Resource::*]": "What EC2 describes knows no narrower resource.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]":
        "Only instances of this stack, by their tag: the one that has the volume is known only when it is asked for.",
    });
    return new CustomResource(this, "Attachment", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::DataVolumeAttachment",
      properties: { VolumeId: this.id, InstanceId: instance.instanceId },
    });
  }
}
