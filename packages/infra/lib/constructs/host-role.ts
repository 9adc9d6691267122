import { Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { readingOf } from "./secret-access.ts";

export type HostRoleProps = {
  readonly artefact: Asset;
  readonly logGroup: ILogGroup;
  /** The ARNs of the secrets that its configuration names. */
  readonly secrets: readonly string[];
  /** The document that installs a version. */
  readonly documentName: string;
};

/** What a host may do: be managed by Systems Manager, fetch its artefact and its secrets, write its log. */
export class HostRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { artefact, logGroup, secrets, documentName }: HostRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("ec2.amazonaws.com"),
      description: "The Trunkline host",
    });
    const document = stack.formatArn({ service: "ssm", resource: "document", resourceName: documentName });
    const object = stack.formatArn({
      service: "s3",
      region: "",
      account: "",
      resource: artefact.s3BucketName,
      resourceName: artefact.s3ObjectKey,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: agent, resources: ["*"] }));
    this.role.addToPolicy(new PolicyStatement({ actions: onDocument, resources: [document] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ["s3:GetObject"], resources: [object] }));
    for (const statement of readingOf(secrets, this.role)) this.role.addToPolicy(statement);
    logGroup.grantWrite(this.role);
    acknowledge(this.role, {
      "AwsSolutions-IAM5[Resource::*]":
        "The channels of Systems Manager's agent, and what it tells of its host, know no narrower resource.",
    });
  }
}

/** Systems Manager's user guide, "SSM Agent" and "State Manager": what its agent calls to be reached and to run what is wanted. */
const agent = [
  "ssm:UpdateInstanceInformation",
  "ssm:ListInstanceAssociations",
  "ssm:UpdateInstanceAssociationStatus",
  "ssm:PutComplianceItems",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
  "ec2messages:AcknowledgeMessage",
  "ec2messages:DeleteMessage",
  "ec2messages:FailMessage",
  "ec2messages:GetEndpoint",
  "ec2messages:GetMessages",
  "ec2messages:SendReply",
];
const onDocument = ["ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:GetDocument"];
