import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostPrice, monthlyCosts } from "../lib/launch/costs.ts";
import { launch } from "../lib/launch/launch.ts";
import { planText } from "../lib/launch/plan.ts";
import { run } from "../lib/launch/system.ts";
import type { Template } from "../lib/launch/template.ts";
import { readSettings, type Settings } from "../lib/settings/settings.ts";
import { smallTemplate } from "./launch-world.ts";

function settingsOf(context: Record<string, unknown>): Settings {
  const read = readSettings({ areaCode: "618", ...context });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.settings;
}

const plan = (context: Record<string, unknown> = {}, template = smallTemplate): string =>
  planText(template, settingsOf(context));

describe("the plan", () => {
  test("tells what is made, what stays, and what it costs", () => {
    expect(plan()).toBe(`This is what Trunkline is made of, in us-east-1:
  1 Voice Connector, AWS's side of the trunk
  1 phone number, ordered with the area code 618
  1 host, t4g.small, arm64
  1 volume of 8 GiB, for the database
  1 public address that stays the same
  1 load balancer before the host
  1 CloudFront distribution, by which browsers reach the phone
  2 alarms
  and 2 smaller things: roles and their policies, log groups

When it is removed again, these stay, and cost what they cost:
  the phone number (keepNumber=false gives an ordered one back)
  the volume with the database
  the Voice Connector's own logs, which AWS keeps for it

What it costs a month, in US dollars, while nobody calls:
  host, t4g.small                      12.26
  storage (EBS gp3), 16 GiB at 0.08     1.28
  about 12 metrics of its own           3.60
  logs, about 1 GB at 0.50              0.50
  public IPv4 address                   3.65
  load balancer, without its traffic   16.43
  phone number                          1.00
  2 x alarm                             0.20
  CloudFront, within what is free       0.00
  together                             38.92
Calls are billed by the minute besides. These are prices of us-east-1, as AWS's lists had them late in 2026, without
what is free for a new account, and without taxes: check them before you rely on them.`);
  });

  test.each([
    [{ areaCode: undefined, state: "IL" }, "1 phone number, ordered in the state IL"],
    [{ areaCode: undefined, tollFreePrefix: "844" }, "1 phone number, ordered with the toll-free prefix 844"],
    [{ areaCode: undefined, number: "+16185558387" }, "1 phone number, +16185558387, which you have"],
    [{ instanceType: "c7g.medium" }, "1 host, c7g.medium, arm64"],
    [{ region: "us-west-2" }, "This is what Trunkline is made of, in us-west-2:"],
  ])("with %j says: %s", (context, words) => expect(plan(context)).toContain(words));

  test("names the number among what stays unless it is to be given back; one of the account's own always stays", () => {
    expect(plan({ keepNumber: "false" })).not.toContain("the phone number (");
    expect(plan({ areaCode: undefined, number: "+16185558387", keepNumber: "false" })).toContain("the phone number (");
  });

  test("names the commonest three of the small things alone", () => {
    const types = ["AWS::SSM::Document", "AWS::CloudFront::VpcOrigin", "AWS::IAM::Role", "AWS::IAM::Policy"];
    const many: Template = {
      Resources: {
        ...Object.fromEntries(types.map((Type) => [Type, { Type }])),
        Log: { Type: "AWS::Logs::LogGroup" },
      },
    };
    expect(plan({}, many)).toContain(
      "and 5 smaller things: roles and their policies, settings, parts of the distribution, and so on\n",
    );
  });

  test("names whatever else the template keeps", () => {
    const kept: Template = {
      Resources: {
        ...smallTemplate.Resources,
        Second: { Type: "AWS::CloudWatch::Dashboard", DeletionPolicy: "RetainExceptOnCreate" },
        Other: { Type: "AWS::Cognito::UserPool", DeletionPolicy: "Retain" },
      },
    };
    expect(plan({}, kept)).toContain("  the dashboard\n  the AWS::Cognito::UserPool\n");
    expect(plan({}, kept)).toContain("\n  and 3 smaller things: roles and their policies, log groups, small parts\n");
  });
});

describe("the cost", () => {
  const costOf = (what: string, context: Record<string, unknown>, template = smallTemplate): number | undefined =>
    monthlyCosts(template, settingsOf(context)).find((one) => one.what.startsWith(what))?.usd;

  test("of a host is its hours; of one whose price is not known, it is said that it is not estimated", () => {
    expect(hostPrice("t4g.small")).toBeCloseTo(12.264);
    expect(costOf("host", { instanceType: "t4g.medium" })).toBeCloseTo(24.528);
    expect(plan({ instanceType: "r9g.large" })).toMatch(/host, r9g\.large +not estimated\n/);
    expect(plan({ instanceType: "r9g.large" })).toMatch(/together, without what is not estimated +26\.66\n/);
  });

  test("of a toll-free number is another one, ordered or named", () => {
    expect(costOf("phone number", {})).toBe(1);
    expect(costOf("phone number", { areaCode: undefined, tollFreePrefix: "844" })).toBe(2);
    expect(costOf("phone number", { areaCode: undefined, number: "+18445550100" })).toBe(2);
    expect(costOf("phone number", { areaCode: undefined, number: "+16185550100" })).toBe(1);
  });

  test("grows with what the template has", () => {
    const more = (Type: string, count: number): Template => ({
      Resources: Object.fromEntries(Array.from({ length: count }, (_, at) => [`More${at}`, { Type }])),
    });
    expect(costOf("5 x alarm", {}, more("AWS::CloudWatch::Alarm", 5))).toBeCloseTo(0.5);
    expect(costOf("dashboard", {}, more("AWS::CloudWatch::Dashboard", 3))).toBeUndefined();
    expect(costOf("2 x dashboard", {}, more("AWS::CloudWatch::Dashboard", 5))).toBe(6);
    expect(monthlyCosts(more("AWS::IAM::Role", 3), settingsOf({}))).toEqual([]);
  });
});

describe("a dry run, with the real cdk command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-dry-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("needs no credentials, leaves the template, and shows the plan", { timeout: 60_000 }, async () => {
    const [said, out, file] = [[] as string[], join(folder, "cdk.out"), join(folder, "artefact.tar.gz")];
    writeFileSync(file, "a server");
    const say = (text: string): void => void said.push(text);
    const nobody = (): never => {
      throw new Error("AWS is not to be asked");
    };
    const args = ["-c", "areaCode=618", "--context", "region=us-west-2", "--dry-run"];
    const status = await launch(args, {
      ...{ tell: say, warn: say, ask: undefined, sleep: nobody, clients: nobody, env: {}, written: {}, out },
      run: (command, given, options) =>
        run(command, given, { ...options, env: { ...options.env, AWS_PROFILE: "", AWS_ACCESS_KEY_ID: "" } }),
      build: async () => ({ file, server: "server.mjs" }),
    });
    const text = said.join("\n");
    expect({ status, text }).toMatchObject({ status: 0 });
    const template = JSON.parse(readFileSync(join(out, "Trunkline.template.json"), "utf8")) as Template;
    expect(JSON.stringify(template)).toContain("us-west-2");
    for (const words of [
      "1 Voice Connector, ",
      "1 phone number, ordered with the area code 618\n",
      "  public IPv4 address ",
      `Nothing was changed: this was a dry run. The template is in ${out}.`,
    ])
      expect(text).toContain(words);
  });
});
