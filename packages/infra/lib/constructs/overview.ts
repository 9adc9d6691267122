import { Duration, Stack } from "aws-cdk-lib";
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, LogQueryWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { Instance } from "aws-cdk-lib/aws-ec2";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { connectorMetric, hostMetric, type OwnMetric, ownMetric } from "./metrics.ts";

export type OverviewProps = {
  readonly settings: Settings;
  readonly host: Instance;
  readonly logGroup: ILogGroup;
  readonly alarms: readonly Alarm[];
};

/** One page on which an operator sees how it goes. */
export class Overview extends Construct {
  /** Where it is seen. */
  readonly url: string;

  constructor(scope: Construct, id: string, { settings, host, logGroup, alarms }: OverviewProps) {
    super(scope, id);
    const { region } = settings;
    // Dashboards are an account's, whatever the region.
    const name = `${Stack.of(this).stackName}-${region}`;
    const board = new Dashboard(this, "Dashboard", { dashboardName: name, defaultInterval: Duration.hours(12) });
    const sum = (name: OwnMetric, label: string) =>
      ownMetric(this, name, { statistic: "Sum", period: Duration.minutes(5), label });
    const most = (name: OwnMetric, label: string) => ownMetric(this, name, { statistic: "Maximum", label });
    const graph = (
      title: string,
      ...left: ConstructorParameters<typeof GraphWidget>[0]["left"] & object
    ): GraphWidget =>
      new GraphWidget({ title, left: [...left], width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } });
    board.addWidgets(new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 24, height: 3 }));
    board.addWidgets(
      graph("Calls", most("Calls", "now"), most("Registrations", "phones online")),
      graph("Ends of calls", sum("CallsEnded", "ended"), sum("CallsFailed", "failed")),
      graph("Minutes", sum("TalkMinutes", "talked")),
    );
    board.addWidgets(
      graph("Trunk", ownMetric(this, "TrunkUp", { statistic: "Minimum", label: "answers" })),
      graph(
        "Sound, as the connector sees it",
        connectorMetric("MOSBetweenVcAndCustomer", { statistic: "Average", label: "mean opinion score" }),
      ),
      graph("Turned away at the door", sum("Refused", "messages, requests and packets")),
    );
    board.addWidgets(
      graph("Processor", hostMetric(host, "CPUUtilization", { statistic: "Average", label: "percent" })),
      graph(
        "Memory and disk",
        most("MemoryUsedPercent", "memory, percent"),
        most("DataDiskUsedPercent", "disk, percent"),
      ),
      graph("Lost", sum("RecordsDropped", "records"), sum("LogLinesDropped", "lines of the log")),
    );
    board.addWidgets(
      new LogQueryWidget({
        title: "Why calls have ended",
        logGroupNames: [logGroup.logGroupName],
        queryLines: [
          "fields @timestamp, call, by, code, words",
          'filter msg = "call-ended"',
          "sort @timestamp desc",
          "limit 50",
        ],
        width: 24,
        height: 8,
      }),
    );
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
  }
}
