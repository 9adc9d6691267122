import { Duration, Stack } from "aws-cdk-lib";
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Instance } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { connectorMetric, hostMetric, ownMetric } from "./metrics.ts";

export type AlarmsProps = { readonly settings: Settings; readonly host: Instance };

type Kind = { readonly id: string; readonly what: string } & Pick<
  AlarmProps,
  "metric" | "threshold" | "evaluationPeriods" | "comparisonOperator" | "treatMissingData"
>;

/** What somebody should hear of, by e-mail where an address is given. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { settings, host }: AlarmsProps) {
    super(scope, id);
    const topic = settings.alarmEmail === undefined ? undefined : this.#tell(settings.alarmEmail);
    this.all = this.#kinds(settings, host).map(({ id, what, ...kind }) => {
      const alarm = new Alarm(this, id, { alarmDescription: what, ...kind });
      if (topic === undefined) return alarm;
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
      return alarm;
    });
  }

  #kinds({ minutesPerDay }: Settings, host: Instance): readonly Kind[] {
    const { BREACHING, NOT_BREACHING } = TreatMissingData;
    const least = { comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
    const most = { comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD, treatMissingData: NOT_BREACHING };
    const worst = { statistic: "Minimum" };
    const highest = { statistic: "Maximum" };
    const fiveMinutes = { statistic: "Sum", period: Duration.minutes(5) };
    return [
      {
        id: "TrunkDown",
        what: "No address of the Voice Connector has answered for three minutes, or the server reports nothing.",
        metric: ownMetric(this, "TrunkUp", worst),
        ...{ ...least, threshold: 1, evaluationPeriods: 3, treatMissingData: BREACHING },
      },
      {
        id: "Quality",
        what: "Audio quality has been poor for three minutes of calls: the mean opinion score is below 3.8.",
        metric: connectorMetric("MOSBetweenVcAndCustomer", { statistic: "Average" }),
        ...{ ...least, threshold: 3.8, evaluationPeriods: 3, treatMissingData: NOT_BREACHING },
      },
      {
        id: "CallsFail",
        what: "More than five calls failed within five minutes because of the server, the network or the trunk.",
        metric: ownMetric(this, "CallsFailed", fiveMinutes),
        ...{ ...most, threshold: 5, evaluationPeriods: 1 },
      },
      {
        id: "Host",
        what: "EC2 reports that the host fails its status checks.",
        metric: hostMetric(host, "StatusCheckFailed", highest),
        ...{ ...most, threshold: 0, evaluationPeriods: 2 },
      },
      {
        id: "Memory",
        what: "The host's memory has been more than 90 % full for ten minutes.",
        metric: ownMetric(this, "MemoryUsedPercent", highest),
        ...{ ...most, threshold: 90, evaluationPeriods: 10 },
      },
      {
        id: "Disk",
        what: "The disk with history and sign-ins is more than 80 % full. Raise diskGiB.",
        metric: ownMetric(this, "DataDiskUsedPercent", highest),
        ...{ ...most, threshold: 80, evaluationPeriods: 5 },
      },
      {
        id: "RecordsLost",
        what: "Call records are being lost because the disk cannot be written.",
        metric: ownMetric(this, "RecordsDropped", fiveMinutes),
        ...{ ...most, threshold: 0, evaluationPeriods: 1 },
      },
      {
        id: "Minutes",
        what: `Calls took more than ${minutesPerDay} minutes within a day. Someone may be calling at your cost.`,
        metric: ownMetric(this, "TalkMinutes", { statistic: "Sum", period: Duration.days(1) }),
        ...{ ...most, threshold: minutesPerDay, evaluationPeriods: 1 },
      },
    ];
  }

  #tell(address: string): Topic {
    const topic = new Topic(this, "Topic", { displayName: "Trunkline", enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    return topic;
  }
}
