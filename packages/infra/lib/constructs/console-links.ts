import { Fn, type Stack } from "aws-cdk-lib";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";

/** Where a log group is seen in AWS's console, which wants every slash of its name written twice encoded. */
export const logsUrl = ({ region }: Stack, { logGroupName }: ILogGroup): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${Fn.join("$252F", Fn.split("/", logGroupName))}`;
