import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeClients } from "../lib/launch/clients.ts";
import type { LaunchParts, Ran } from "../lib/launch/parts.ts";
import type { Template } from "../lib/launch/template.ts";
import { AwsStandIn } from "./aws-stand-in.ts";

/** What a person sees of `launch` and `destroy`, on a machine whose AWS is the stand-in. */
export type World = {
  readonly aws: AwsStandIn;
  /** Where the stand-in is. */
  readonly url: string;
  readonly parts: LaunchParts;
  /** All that was printed. */
  readonly said: string[];
  /** The programs that were run, as they would be typed. */
  readonly ran: string[];
  readonly slept: number[];
  readonly close: () => void;
};

export type WorldOptions = {
  readonly answer?: string;
  readonly env?: LaunchParts["env"];
  readonly written?: LaunchParts["written"];
  /** How `cdk deploy` ends, and what it does before. */
  readonly deploy?: (aws: AwsStandIn) => number;
  readonly synth?: Ran;
};

/** A stack that is small enough to be looked at. */
export const smallTemplate: Template = {
  Resources: {
    Connector: { Type: "AWS::Chime::VoiceConnector" },
    Number: { Type: "Custom::VoiceConnectorPhoneNumber" },
    Host: { Type: "AWS::EC2::Instance" },
    Volume: { Type: "AWS::EC2::Volume", Properties: { Size: 8 }, DeletionPolicy: "Retain" },
    Address: { Type: "AWS::EC2::EIP" },
    Balancer: { Type: "AWS::ElasticLoadBalancingV2::LoadBalancer" },
    Pages: { Type: "AWS::CloudFront::Distribution" },
    First: { Type: "AWS::CloudWatch::Alarm" },
    Second: { Type: "AWS::CloudWatch::Alarm" },
    Role: { Type: "AWS::IAM::Role", DeletionPolicy: "Delete" },
    Log: { Type: "AWS::Logs::LogGroup" },
  },
};

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const aws = new AwsStandIn();
  const endpoint = await aws.listen();
  const folder = mkdtempSync(join(tmpdir(), "trunkline-launch-"));
  const artefact = join(folder, "trunkline-linux-arm64.tar.gz");
  writeFileSync(artefact, "a server");
  const [said, ran, slept]: [string[], string[], number[]] = [[], [], []];
  const say = (text: string): void => void said.push(text);
  const out = join(folder, "cdk.out");
  const credentials = { accessKeyId: "x", secretAccessKey: "y" };
  const run: LaunchParts["run"] = async (command, args, { env }) => {
    ran.push([`AWS_REGION=${env.AWS_REGION}`, command, ...args].join(" ").replaceAll(out, "OUT"));
    if (args[0] === "deploy") return { status: options.deploy?.(aws) ?? 0, output: "" };
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, "Trunkline.template.json"), JSON.stringify(smallTemplate));
    return options.synth ?? { status: 0, output: "" };
  };
  const { answer } = options;
  const parts: LaunchParts = {
    ...{ tell: say, warn: say, run, out, env: options.env ?? {}, written: options.written ?? {} },
    ask: answer === undefined ? undefined : answering(answer, say),
    sleep: async (ms) => void slept.push(ms),
    clients: (region) => makeClients(region, { endpoint, credentials, env: {} }),
    build: async () => ({ file: artefact, server: "server.mjs" }),
  };
  const close = (): void => {
    aws.close();
    rmSync(folder, { recursive: true });
  };
  return { aws, url: endpoint, parts, said, ran, slept, close };
}

const answering = (answer: string, say: (text: string) => void) => async (question: string) => {
  say(question);
  return answer;
};

/** What may be asked for without anything being changed. */
const reading = /^(Get|Describe|List|Search)/;

/** What was asked for that changes something. */
export const changesOf = ({ aws }: World): readonly string[] => aws.operations.filter((one) => !reading.test(one));
