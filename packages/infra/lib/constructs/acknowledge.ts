import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Findings of the checks that are right as they are, here and below, each with its reason. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id: idOf(id), reason });
}

const idOf = (id: string): string => (id.includes("::") ? id : `AwsSolutions::${id}`);
