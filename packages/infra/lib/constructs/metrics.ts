import { Duration, Stack } from "aws-cdk-lib";
import { Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import type { Instance } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";

/** What `host/ship` writes once a minute. */
export type OwnMetric =
  | "Alive"
  | "TrunkUp"
  | "Calls"
  | "Registrations"
  | "CallsEnded"
  | "CallsFailed"
  | "TalkMinutes"
  | "Refused"
  | "RecordsDropped"
  | "LogLinesDropped"
  | "MemoryUsedPercent"
  | "DataDiskUsedPercent";

type Statistic = Pick<MetricProps, "statistic" | "period" | "label">;

/** A metric of the servers of this stack. */
export const ownMetric = (scope: Construct, metricName: OwnMetric, statistic: Statistic): Metric =>
  new Metric({
    namespace: "Trunkline",
    metricName,
    dimensionsMap: { Stack: Stack.of(scope).stackName },
    period: Duration.minutes(1),
    ...statistic,
  });

/** A metric of Voice Connectors: AWS counts all of an account's in a region together. */
export const connectorMetric = (
  metricName: "MOSBetweenVcAndCustomer" | "InboundCallFailures" | "OutboundCallFailures" | "RTTBetweenVcAndCustomer",
  statistic: Statistic,
): Metric =>
  new Metric({ namespace: "AWS/ChimeVoiceConnector", metricName, period: Duration.minutes(1), ...statistic });

/** A metric of EC2's about a host. */
export const hostMetric = (
  { instanceId }: Instance,
  metricName: "StatusCheckFailed" | "StatusCheckFailed_System" | "CPUUtilization" | "CPUCreditBalance",
  statistic: Statistic,
): Metric =>
  new Metric({
    namespace: "AWS/EC2",
    metricName,
    dimensionsMap: { InstanceId: instanceId },
    period: Duration.minutes(5),
    ...statistic,
  });
