import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CfnElement, type Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Provider } from "aws-cdk-lib/custom-resources";
import { Construct, type IConstruct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

export type HandlerProps = {
  /** The file in `lib/handlers`, without its ending. */
  readonly entry:
    | "connector-settings-handler"
    | "host-attachments-handler"
    | "machine-image-handler"
    | "origin-group-handler"
    | "phone-number-handler";
  readonly description: string;
  readonly timeout: Duration;
  /** How often and how long `isComplete` is asked, where the entry has one. */
  readonly completes?: { readonly every: Duration; readonly within: Duration };
};

const packageFolder = join(import.meta.dirname, "../..");
const bundler = join(dirname(fileURLToPath(import.meta.resolve("rolldown"))), "../bin/cli.mjs");

const built = new Map<string, string>();

/** One folder with all that the handler needs, the SDK too: what runs is what was tested. Built once, for each stack that is made. */
function codeOf(entry: HandlerProps["entry"]): Code {
  const folder = built.get(entry) ?? bundle(entry);
  built.set(entry, folder);
  return Code.fromAsset(folder);
}

/** Into a folder of this process's own, so that two may do it at once. */
function bundle(entry: HandlerProps["entry"]): string {
  const folder = mkdtempSync(join(tmpdir(), `trunkline-${entry}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const names = ["--entryFileNames", "index.mjs", "--chunkFileNames", "[name]-[hash].mjs"];
  const options = ["--platform", "node", "--format", "esm", "--logLevel", "silent", "--dir", folder, ...names];
  execFileSync(process.execPath, [bundler, join(packageFolder, `lib/handlers/${entry}.ts`), ...options]);
  return folder;
}

/** A custom resource's code, behind CloudFormation's provider framework. */
export class Handler extends Construct {
  readonly serviceToken: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, { entry, description, timeout, completes }: HandlerProps) {
    super(scope, id);
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description,
    });
    const code = codeOf(entry);
    const functionOf = (name: string, handler: string): LambdaFunction => {
      const logGroup = new LogGroup(this, `${name}Log`, {
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      logGroup.grantWrite(this.role);
      return new LambdaFunction(this, name, {
        code,
        handler: `index.${handler}`,
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        role: this.role,
        description,
        timeout,
        memorySize: 256,
        logGroup,
      });
    };
    const frameworkLog = new LogGroup(this, "FrameworkLog", {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const provider = new Provider(this, "Provider", {
      onEventHandler: functionOf("OnEvent", "onEvent"),
      ...(completes && {
        isCompleteHandler: functionOf("IsComplete", "isComplete"),
        queryInterval: completes.every,
        totalTimeout: completes.within,
      }),
      logGroup: frameworkLog,
    });
    this.serviceToken = provider.serviceToken;
    acknowledgeFramework(provider);
  }

  /** Lets the code do this too. */
  allow(...statements: readonly PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement);
  }
}

/** What CDK's provider framework makes is as it is: it lets nobody change it. */
function acknowledgeFramework(provider: Provider): void {
  const functions = [provider.onEventHandler, provider.isCompleteHandler].filter((one) => one !== undefined);
  const own = ["framework-isComplete", "framework-onTimeout"].flatMap((name) => provider.node.tryFindChild(name) ?? []);
  const calls = [...functions, ...own].map(
    (one) =>
      [`AwsSolutions-IAM5[Resource::<${logicalIdOf(one)}.Arn>:*]`, "It calls this function in any version."] as const,
  );
  acknowledge(provider, {
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
      "Its functions have AWS's basic role, which writes logs and does nothing else.",
    "AwsSolutions-SF1": "Its waiting is told by the logs of its functions.",
    "AwsSolutions-SF2": "Its waiting calls one function again and again: there is nothing to trace.",
    ...Object.fromEntries(calls),
  });
}

const logicalIdOf = (made: IConstruct): string =>
  Stack.of(made).getLogicalId((made.node.defaultChild ?? made) as CfnElement);
