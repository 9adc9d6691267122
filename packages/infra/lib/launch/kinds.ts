/** One and many of a kind. */
export type Kind = readonly [one: string, many: string];

/** What everything else is for. */
export const connectorKinds: Readonly<Record<string, Kind>> = {
  "AWS::Chime::VoiceConnector": [
    "Voice Connector, AWS's side of the trunk",
    "Voice Connectors, AWS's side of the trunk",
  ],
};

/** What is made besides, in the order in which it is told, in words for somebody who does not know AWS. */
export const mainKinds: Readonly<Record<string, Kind>> = {
  "AWS::EC2::EIP": ["public address that stays the same", "public addresses that stay the same"],
  "AWS::EC2::VPC": ["network of its own (VPC)", "networks of their own (VPC)"],
  "AWS::ElasticLoadBalancingV2::LoadBalancer": ["load balancer before the host", "load balancers before the host"],
  "AWS::CloudFront::Distribution": [
    "CloudFront distribution, by which browsers reach the phone",
    "CloudFront distributions, by which browsers reach the phone",
  ],
  "AWS::SNS::Topic": ["topic that alarms are sent to", "topics that alarms are sent to"],
  "AWS::CloudWatch::Dashboard": ["dashboard", "dashboards"],
  "AWS::CloudWatch::Alarm": ["alarm", "alarms"],
  "AWS::Lambda::Function": [
    "small function (Lambda), which CloudFormation calls while it makes things",
    "small functions (Lambda), which CloudFormation calls while it makes things",
  ],
};

/** What is told apart from the table, with its size or its number. */
export const hostKind = "AWS::EC2::Instance";
export const volumeKind = "AWS::EC2::Volume";
export const numberKind = "Custom::VoiceConnectorPhoneNumber";

const smallKinds: readonly (readonly [RegExp, string])[] = [
  [/^AWS::IAM::/, "roles and their policies"],
  [/^AWS::Logs::/, "log groups"],
  [
    /^AWS::EC2::SecurityGroup|^AWS::EC2::(Route|Subnet|.*Gateway|VPC|FlowLog|NetworkAcl)/,
    "rules and parts of the network",
  ],
  [/^AWS::ElasticLoadBalancingV2::/, "parts of the load balancer"],
  [/^AWS::CloudFront::/, "parts of the distribution"],
  [/^AWS::SSM::/, "settings"],
];

/** What a kind of the long tail is called together with its like. */
export const smallKindOf = (type: string): string =>
  smallKinds.find(([pattern]) => pattern.test(type))?.[1] ?? "small parts";
