import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** What reading secrets needs: the secrets, and the keys that they are encrypted with, through Secrets Manager alone and for these secrets alone. */
export function readingOf(secrets: readonly string[], scope: Construct): readonly PolicyStatement[] {
  if (secrets.length === 0) return [];
  const stack = Stack.of(scope);
  const keys = stack.formatArn({ service: "kms", resource: "key", resourceName: "*" });
  acknowledge(scope, {
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]":
      "Which key a secret has is its owner's choice; it decrypts these secrets alone.",
  });
  return [
    new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [...secrets] }),
    new PolicyStatement({
      actions: ["kms:Decrypt"],
      resources: [keys],
      conditions: {
        StringEquals: {
          "kms:ViaService": `secretsmanager.${stack.region}.amazonaws.com`,
          "kms:EncryptionContext:SecretARN": [...secrets],
        },
      },
    }),
  ];
}
