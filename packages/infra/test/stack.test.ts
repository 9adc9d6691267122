import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networksOf, regions } from "../lib/settings/regions.ts";
import { readSettings, type Settings } from "../lib/settings/settings.ts";
import { addStack } from "../lib/stacks/add-stack.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-cdk-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function settingsOf(context: Record<string, unknown>): Settings {
  const read = readSettings({ areaCode: "618", ...context });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.settings;
}

let made = 0;
function synthesised(context: Record<string, unknown> = {}): Template {
  return Template.fromStack(addStack(newApp(), settingsOf(context)));
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

  test("reads its credentials from the secret that is named, which nothing else may", () => {
    const credentials = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf";
    const template = synthesised({ credentials });
    template.hasResourceProperties("Custom::VoiceConnectorSettings", { CredentialsSecret: credentials });
    const policies = JSON.stringify(template.findResources("AWS::IAM::Policy"));
    expect(policies.match(/secretsmanager:GetSecretValue/g)).toHaveLength(1);
    expect(policies).toContain(credentials);
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
    "logs:CreateLogDelivery",
    "logs:CreateLogGroup",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
  ]);
});

test("cdk-nag finds nothing", () => {
  const app = newApp();
  addStack(app, settingsOf({}));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
