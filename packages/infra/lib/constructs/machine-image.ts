import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { type IMachineImage, OperatingSystemType, UserData } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { Handler } from "./handler.ts";

/** The public parameter by which AWS names its newest Amazon Linux 2023 for arm64. It has Systems Manager's agent and AWS's command line. */
const newest = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/** The machine image of hosts: chosen once, when it is deployed, and kept until another revision is wished for. */
export class FixedMachineImage extends Construct implements IMachineImage {
  readonly #imageId: string;

  constructor(scope: Construct, id: string, revision: string) {
    super(scope, id);
    const handler = new Handler(this, "Handler", {
      entry: "machine-image-handler",
      description: "Chooses the machine image of hosts, once",
      timeout: Duration.minutes(2),
    });
    const parameter = Stack.of(this).formatArn({
      service: "ssm",
      account: "",
      resource: "parameter",
      resourceName: newest.slice(1),
    });
    handler.allow(new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameter] }));
    const image = new CustomResource(this, "Image", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::MachineImage",
      properties: { Parameter: newest, Revision: revision },
    });
    this.#imageId = image.getAttString("ImageId");
  }

  getImage() {
    return { imageId: this.#imageId, osType: OperatingSystemType.LINUX, userData: UserData.forLinux() };
  }
}
