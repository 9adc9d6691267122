import { CfnDeletionPolicy, Stack, Tags } from "aws-cdk-lib";
import { CfnVolume } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

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
    volume.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    volume.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    Tags.of(volume).add("Name", `${Stack.of(this).stackName}-data`);
    this.id = volume.attrVolumeId;
  }
}
