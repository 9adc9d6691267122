import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { CachePolicy, OriginRequestPolicy } from "aws-cdk-lib/aws-cloudfront";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networksOf, regions, zonesOf } from "../lib/settings/regions.ts";
import { readSettings, type Settings } from "../lib/settings/settings.ts";
import { addStack } from "../lib/stacks/add-stack.ts";

let folder: string;
let artefact: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-cdk-"));
  artefact = join(folder, "trunkline-linux-arm64.tar.gz");
  writeFileSync(artefact, "an artefact");
});
afterAll(() => rmSync(folder, { recursive: true }));

function settingsOf(context: Record<string, unknown>): Settings {
  const read = readSettings({ areaCode: "618", ...context });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.settings;
}

const secretArn = (name: string): string => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbCdEf`;

let made = 0;
function synthesised(context: Record<string, unknown> = {}): Template {
  return Template.fromStack(addStack(newApp(), settingsOf(context), artefact));
}

function newApp(): App {
  made += 1;
  return new App({ analyticsReporting: false, outdir: join(folder, String(made)) });
}

describe("in every region with Voice Connectors", () => {
  test.each(regions)("%s: SIP and the trunk's sound come from its connectors alone", (region) => {
    const template = synthesised({ region });
    const rules = Object.values(template.findResources("AWS::EC2::SecurityGroup")).flatMap(
      ({ Properties }) => (Properties.SecurityGroupIngress ?? []) as Record<string, unknown>[],
    );
    const from = (cidr: string) =>
      rules.filter(({ CidrIp }) => CidrIp === cidr).map(({ FromPort, ToPort }) => [FromPort, ToPort]);
    for (const range of networksOf(region))
      expect(from(range)).toEqual([
        [5060, 5060],
        [10_000, 19_999],
      ]);
    expect(from("0.0.0.0/0")).toEqual([[20_000, 29_999]]);
    expect(new Set(rules.map(({ CidrIp }) => CidrIp))).toEqual(new Set([...networksOf(region), "0.0.0.0/0"]));
    expect(JSON.stringify(template.toJSON().Rules)).toContain(region);
    const zones = Object.values(template.findResources("AWS::EC2::Subnet")).map(({ Properties }) => Properties);
    expect(zones.map(({ AvailabilityZoneId }) => AvailabilityZoneId)).toEqual([...zonesOf(region), ...zonesOf(region)]);
    expect(JSON.stringify(template.toJSON())).not.toContain("GetAZs");
    template.hasResourceProperties("AWS::Chime::VoiceConnector", { AwsRegion: region });
    // What is an account's, whatever the region, would collide with a second deployment's.
    template.hasResourceProperties("AWS::CloudWatch::Dashboard", { DashboardName: `trunkline-${region}` });
    template.hasResourceProperties("AWS::CloudFront::ResponseHeadersPolicy", {
      ResponseHeadersPolicyConfig: { Name: `trunkline-${region}` },
    });
  });
});

test("nothing in a template names the machine that has made it", () => {
  const text = JSON.stringify(synthesised().toJSON());
  for (const own of [join(import.meta.dirname, "../../.."), folder, "127.0.0.1"]) expect(text).not.toContain(own);
});

describe("the connector", () => {
  test("takes calls from the host's own address alone, to the countries that are named, and sends calls there", () => {
    const template = synthesised({ callingCountries: "US,GB", callsPerSecond: "2" });
    template.hasResourceProperties("AWS::Chime::VoiceConnector", { RequireEncryption: false });
    template.hasResourceProperties("Custom::VoiceConnectorSettings", {
      CidrAllowedList: [{ "Fn::Join": ["", [Match.anyValue(), "/32"]] }],
      CallingRegions: ["US", "GB"],
      CpsLimit: 2,
      Routes: [{ Host: { "Fn::GetAtt": Match.anyValue() }, Port: 5060, Protocol: "UDP", Priority: 1, Weight: 1 }],
    });
  });

  test("with TLS requires encryption and calls a name; the security group lets in its port alone", () => {
    const sipCertificate = "arn:aws:secretsmanager:us-east-1:111122223333:secret:sip-AbCdEf";
    const template = synthesised({ transport: "tls", sipName: "sip.example.com", sipCertificate });
    template.hasResourceProperties("AWS::Chime::VoiceConnector", { RequireEncryption: true });
    template.hasResourceProperties("Custom::VoiceConnectorSettings", {
      Routes: [{ Host: "sip.example.com", Port: 5061, Protocol: "TCP", Priority: 1, Weight: 1 }],
    });
    const [range] = networksOf("us-east-1");
    template.hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: Match.arrayWith([Match.objectLike({ CidrIp: range, IpProtocol: "tcp", FromPort: 5061 })]),
    });
  });

  test("has its credentials from the secret that is named, which its handler and the host may read", () => {
    const credentials = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf";
    const template = synthesised({ credentials });
    template.hasResourceProperties("Custom::VoiceConnectorSettings", { CredentialsSecret: credentials });
    const policies = JSON.stringify(template.findResources("AWS::IAM::Policy"));
    expect(policies.match(/secretsmanager:GetSecretValue/g)).toHaveLength(2);
    expect(policies).toContain(credentials);
    expect(policies.match(/kms:EncryptionContext:SecretARN/g)).toHaveLength(2);
  });
});

describe("the number", () => {
  test.each([
    [{ areaCode: "618" }, { AreaCode: "618" }],
    [{ areaCode: undefined, state: "IL" }, { State: "IL" }],
    [{ areaCode: undefined, tollFreePrefix: "844" }, { TollFreePrefix: "844" }],
    [{ areaCode: undefined, number: "+16185558387" }, { Number: "+16185558387" }],
  ])("is wished for as %j, and is kept by default", (context, wish) => {
    synthesised(context).hasResourceProperties("Custom::VoiceConnectorPhoneNumber", { ...wish, Keep: "true" });
    synthesised({ ...context, keepNumber: "false" }).hasResourceProperties("Custom::VoiceConnectorPhoneNumber", {
      Keep: "false",
    });
  });

  test("comes after the connector, so that it goes before it", () => {
    const template = synthesised();
    const [number] = Object.values(template.findResources("Custom::VoiceConnectorPhoneNumber"));
    const [connector] = Object.keys(template.findResources("AWS::Chime::VoiceConnector"));
    expect(number?.DependsOn).toContain(connector);
  });
});

test("devices reach the host from the networks that are named, and from nowhere else", () => {
  const template = synthesised({ deviceNetworks: "203.0.113.0/24 198.51.100.7/32" });
  const rules = JSON.stringify(template.findResources("AWS::EC2::SecurityGroup"));
  expect(rules.match(/SIP phones in 203\.0\.113\.0\/24/g)).toHaveLength(6);
  expect(rules.match(/SIP phones in 198\.51\.100\.7\/32/g)).toHaveLength(6);
});

test("each custom resource has the code of its own handler, which can be loaded", async () => {
  const template = synthesised();
  const exported = async (description: RegExp): Promise<Record<string, readonly string[]>> => {
    const functions = Object.values(template.findResources("AWS::Lambda::Function")).map(
      ({ Properties }) => Properties,
    );
    const own = functions.filter(({ Description }) => description.test(Description ?? ""));
    const loaded = own.map(async ({ Handler, Code }) => {
      const asset = join(folder, String(made), `asset.${String(Code.S3Key).replace(".zip", "")}`, "index.mjs");
      return [Handler, Object.keys(await import(asset)).sort()];
    });
    return Object.fromEntries(await Promise.all(loaded));
  };
  expect(await exported(/^Sets termination/)).toEqual({ "index.onEvent": ["onEvent"] });
  const both = ["isComplete", "onEvent"];
  expect(await exported(/^Orders a phone number/)).toEqual({ "index.onEvent": both, "index.isComplete": both });
});

test("a new template is the same as the one before, byte for byte", () => {
  expect(synthesised().toJSON()).toEqual(synthesised().toJSON());
});

test("no policy allows everything, and what is allowed on every resource knows no narrower one", () => {
  const policies = Object.values(synthesised().findResources("AWS::IAM::Policy"));
  const statements = policies.flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  const everywhere = statements.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
  expect(
    statements.flatMap(({ Action }) => Action).filter((action) => action === "*" || action.endsWith(":*")),
  ).toEqual([]);
  expect(everywhere.sort()).toEqual([
    "chime:CreatePhoneNumberOrder",
    "chime:DeletePhoneNumber",
    "chime:GetPhoneNumber",
    "chime:GetPhoneNumberOrder",
    "chime:ListPhoneNumbers",
    "chime:SearchAvailablePhoneNumbers",
    "ec2:DescribeAddresses",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVolumes",
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "logs:CreateLogDelivery",
    "logs:CreateLogGroup",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "ssm:ListInstanceAssociations",
    "ssm:PutComplianceItems",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ]);
});

/** Every key that has a choice, each way at least once. */
const contexts: readonly Record<string, unknown>[] = [
  {},
  { transport: "tcp", deviceNetworks: "203.0.113.0/24", alarmEmail: "ops@example.com", keepNumber: "false" },
  {
    transport: "tls",
    sipName: "sip.example.com",
    sipCertificate: secretArn("sip"),
    credentials: secretArn("trunk"),
    secrets: `desk=${secretArn("desk")}`,
    region: "eu-central-1",
  },
  {
    areaCode: undefined,
    number: "+16185558387",
    domainName: "phone.example.com",
    certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
    webAclArn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/trunkline/12345678-1234-1234-1234-123456789012",
    instanceType: "c7g.medium",
    diskGiB: "50",
    logDays: "365",
  },
];

test.each(contexts)("with %j cdk-nag and what comes with CDK find nothing", (context) => {
  const app = newApp();
  addStack(app, settingsOf(context), artefact);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});

describe("the host", () => {
  test("has no key to log in with, demands tokens of its metadata service, and encrypts its disks", () => {
    const template = synthesised();
    const [instance] = Object.values(template.findResources("AWS::EC2::Instance"));
    expect(instance?.Properties).not.toHaveProperty("KeyName");
    expect(instance?.Properties.BlockDeviceMappings).toEqual([
      { DeviceName: "/dev/xvda", Ebs: { Encrypted: true, VolumeSize: 8, VolumeType: "gp3" } },
    ]);
    expect(instance?.Properties.MetadataOptions).toMatchObject({ HttpTokens: "required" });
    expect(instance?.Properties).not.toHaveProperty("AvailabilityZone");
    template.hasResourceProperties("AWS::EC2::Volume", {
      ...{ Encrypted: true, Size: 8 },
      AvailabilityZone: { "Fn::GetAtt": [Match.stringLikeRegexp("HostSubnet1"), "AvailabilityZone"] },
    });
  });

  test("has the same user data whatever is deployed, and an image that only another revision changes", () => {
    const userData = (context: Record<string, unknown>) =>
      Object.values(synthesised(context).findResources("AWS::EC2::Instance")).map(({ Properties }) => [
        Properties.UserData,
        Properties.ImageId,
      ]);
    expect(userData({ transport: "tcp", user: "ann", diskGiB: "9" })).toEqual(userData({}));
    synthesised({ imageRevision: "2" }).hasResourceProperties("Custom::MachineImage", { Revision: "2" });
  });

  test("keeps its records: their volume outlives it and the stack", () => {
    synthesised().hasResource("AWS::EC2::Volume", {
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
  });

  test("is told its version and its configuration by Systems Manager once it has its address and its volume", () => {
    const template = synthesised();
    const [association] = Object.values(template.findResources("AWS::SSM::Association"));
    const sha256 = createHash("sha256").update("an artefact").digest("hex");
    expect(association?.Properties).toMatchObject({
      Parameters: { Sha256: [sha256] },
      WaitForSuccessTimeoutSeconds: 1200,
    });
    const first = [
      ...Object.keys(template.findResources("Custom::HostAttachments")),
      ...Object.keys(template.findResources("AWS::IAM::Policy")).filter((name) => name.startsWith("HostRole")),
    ];
    expect(association?.DependsOn).toEqual(expect.arrayContaining(first));
  });

  test("is told nothing secret: a secret's name stands where its text would", () => {
    const text = JSON.stringify(synthesised(contexts[2]).toJSON());
    expect(text).toContain(secretArn("trunk"));
    expect(text).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY|"password":"/);
  });
});

describe("the pages", () => {
  test("are reached from CloudFront alone, by a private way, with all that the server must check", () => {
    const template = synthesised();
    template.hasResourceProperties("AWS::ElasticLoadBalancingV2::LoadBalancer", {
      Scheme: "internal",
      LoadBalancerAttributes: Match.arrayWith([
        { Key: "idle_timeout.timeout_seconds", Value: "60" },
        { Key: "routing.http.xff_header_processing.mode", Value: "preserve" },
      ]),
    });
    template.hasResourceProperties("AWS::CloudFront::Distribution", {
      DistributionConfig: {
        HttpVersion: "http2and3",
        DefaultCacheBehavior: {
          CachePolicyId: CachePolicy.CACHING_DISABLED.cachePolicyId,
          OriginRequestPolicyId: OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId,
          ViewerProtocolPolicy: "redirect-to-https",
        },
        Origins: [{ VpcOriginConfig: Match.objectLike({ VpcOriginId: Match.anyValue() }) }],
      },
    });
    template.hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
      FromPort: 80,
      SourceSecurityGroupId: { "Fn::GetAtt": [Match.stringLikeRegexp("OriginGroup"), "GroupId"] },
    });
    expect(JSON.stringify(template.findResources("AWS::EC2::SecurityGroup"))).not.toContain('"ToPort":80,');
  });

  test("have a name, a certificate and a web ACL of one's own where they are named", () => {
    const template = synthesised(contexts[3]);
    template.hasResourceProperties("AWS::CloudFront::Distribution", {
      DistributionConfig: {
        Aliases: ["phone.example.com"],
        ViewerCertificate: { MinimumProtocolVersion: "TLSv1.2_2021" },
        WebACLId: contexts[3]?.webAclArn,
      },
    });
    template.hasOutput("PhoneUrl", { Value: "https://phone.example.com" });
  });
});

describe("what is seen of it", () => {
  test("is a dashboard and alarms, which somebody hears of where there is an address", () => {
    const silent = synthesised();
    silent.resourceCountIs("AWS::CloudWatch::Dashboard", 1);
    silent.resourceCountIs("AWS::SNS::Topic", 0);
    const template = synthesised(contexts[1]);
    const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm"));
    expect(alarms).toHaveLength(8);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmDescription).toMatch(/^[A-Z].*[.:].*$/);
      expect(Properties.AlarmActions).toHaveLength(1);
    }
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.com" });
  });

  test("is kept as long as is wished, each log of it", () => {
    const logs = Object.values(synthesised({ logDays: "30" }).findResources("AWS::Logs::LogGroup"));
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBeGreaterThan(0);
    expect(logs.filter(({ Properties }) => Properties.RetentionInDays === 30)).toHaveLength(2);
  });
});

test("whoever has deployed is told what the demo tells, and where to look", () => {
  expect(Object.keys(synthesised().toJSON().Outputs).sort()).toEqual([
    "DashboardUrl",
    "DataVolumeId",
    "FirstUser",
    "HostAddress",
    "HostId",
    "LogsUrl",
    "NumberIsKept",
    "NumberWish",
    "PhoneNumber",
    "PhoneUrl",
    "SessionManagerCommand",
    "VoiceConnectorId",
  ]);
});

test("the template is as it was when somebody last looked at it", async () => {
  const text = JSON.stringify(synthesised().toJSON(), undefined, 1);
  // What is bundled changes with every dependency: the names of assets are left out.
  await expect(`${text.replaceAll(/[0-9a-f]{64}/g, "HASH")}\n`).toMatchFileSnapshot("template.snapshot.txt");
});
