import { afterEach, describe, expect, test } from "vitest";
import { launch } from "../lib/launch/launch.ts";
import type { AwsStandIn } from "./aws-stand-in.ts";
import { changesOf, makeWorld, type World, type WorldOptions } from "./launch-world.ts";

let world: World;
afterEach(() => {
  expect(world.aws.faults).toEqual([]);
  world.close();
});

const run = async (line: string, options: WorldOptions = {}, arrange: (aws: AwsStandIn) => void = () => {}) => {
  world = await makeWorld(options);
  arrange(world.aws);
  const status = await launch(line.split(" ").filter(Boolean), world.parts);
  return { status, text: world.said.join("\n") };
};

const outputs = {
  PhoneUrl: "https://d111111abcdef8.cloudfront.net",
  PhoneNumber: "+16185550100",
  VoiceConnectorId: "abcdefghijklmnopqrstuv",
  HostId: "i-0123456789abcdef0",
  SessionManagerCommand: "aws ssm start-session --target i-0123456789abcdef0 --region us-east-1",
  DashboardUrl: "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/trunkline",
  LogsUrl: "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups",
  FirstUser: "me",
};
const link = "https://d111111abcdef8.cloudfront.net/#join=TOKEN";
const linkJson = JSON.stringify({ user: "me", url: link, expiresAt: "2026-11-24T09:00:00.000Z" });
const invited = { Status: "Success", StandardOutputContent: linkJson };

/** CloudFormation makes the stack. */
const making = (aws: AwsStandIn): number => {
  aws.stack = { status: "CREATE_COMPLETE", outputs };
  return 0;
};
const answersWith =
  (...invocations: readonly object[]) =>
  (aws: AwsStandIn): void => {
    aws.invocations = [...invocations];
  };

describe("wrong use", () => {
  test("and faulty settings are told together, before anything else", async () => {
    const { status, text } = await run("-c areaCode=18 -c transport=sctp --force nonsense -c region --yes");
    expect(status).toBe(2);
    for (const words of [
      "--force: is no option",
      "nonsense: is not understood",
      "-c region: must be key=value, such as areaCode=618",
      "areaCode: must be three digits such as 618",
      "transport: must be udp, tcp or tls",
    ])
      expect(text).toContain(words);
    expect([world.ran, world.aws.operations]).toEqual([[], []]);
  });

  test("without somebody to ask and without --yes nothing is begun", async () => {
    const { status, text } = await run("-c areaCode=618");
    expect(status).toBe(2);
    expect(text).toContain("Add --yes to continue without a question");
    expect([world.ran, world.aws.operations]).toEqual([[], []]);
  });

  test("--help tells the options, whatever else is said", async () => {
    const { status, text } = await run("--help -c nonsense=1");
    expect(status).toBe(0);
    expect(text).toContain("npx -y pnpm@10 launch [-c key=value ...] [--dry-run] [--yes]");
  });

  test.each([
    ["-c areaCode=618 --yes=no", "--yes: takes no value"],
    ["-c areaCode=618 --connector-quota many", "--connector-quota: must be a whole number"],
    ["-c areaCode=618 --connector-quota", "--connector-quota: needs a value"],
  ])("%s is refused", async (line, words) => {
    expect(await run(line)).toEqual({ status: 2, text: expect.stringContaining(words) });
  });
});

describe("the region", () => {
  const regionOf = async (line: string, options: WorldOptions): Promise<string | undefined> => {
    await run(`${line} --dry-run`, options);
    const named = world.ran[0]?.match(/region=(\S+)/)?.[1];
    expect(world.ran[0]).toContain(`AWS_REGION=${named ?? "us-east-1"} `);
    world.close();
    return named;
  };

  test("is what the command line says, else cdk.json, else the environment, else the default", async () => {
    const env = { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "eu-west-1" };
    const written = { region: "eu-central-1", areaCode: "618" };
    expect(await regionOf("-c areaCode=618 -c region=ca-central-1", { env, written })).toBe("ca-central-1");
    expect(await regionOf("", { env, written })).toBe("eu-central-1");
    expect(await regionOf("-c areaCode=618", { env })).toBe("us-west-2");
    expect(await regionOf("-c areaCode=618", { env: { AWS_DEFAULT_REGION: "eu-west-1" } })).toBe("eu-west-1");
    expect(await regionOf("-c areaCode=618", {})).toBeUndefined();
    world = await makeWorld();
  });

  test("that the environment names and that has no Voice Connectors is refused with where it comes from", async () => {
    const { status, text } = await run("-c areaCode=618", { env: { AWS_REGION: "eu-north-1" } });
    expect(status).toBe(2);
    expect(text).toContain("region: eu-north-1 is what AWS_REGION says; -c region=... names another one");
  });
});

describe("a launch", () => {
  test("shows the plan, deploys what it has shown, and ends with the addresses and the link", async () => {
    const { status, text } = await run("-c areaCode=618 -c user=me --yes", { deploy: making }, answersWith(invited));
    expect(status).toBe(0);
    expect(world.ran).toEqual([
      "AWS_REGION=us-east-1 node_modules/.bin/cdk synth --quiet --no-notices --output OUT -c areaCode=618 -c user=me",
      "AWS_REGION=us-east-1 node_modules/.bin/cdk deploy --app OUT --require-approval never --progress events --no-notices",
    ]);
    expect(text).toContain("1 phone number, ordered with the area code 618");
    for (const value of Object.values(outputs)) expect(text).toContain(value);
    expect(text).toContain(`signed in as me. It works once and expires at 2026-11-24 09:00 UTC.\n  ${link}\n`);
    expect(text).toContain("call +16185550100 from any telephone");
    expect(changesOf(world)).toEqual(["SendCommand"]);
  });

  test("asks the host's own command for the link", async () => {
    await run("-c areaCode=618 --yes", { deploy: making }, answersWith(invited));
    const command = "/opt/trunkline/current/trunkline --socket /run/trunkline/trunkline.sock --json invite me";
    expect(world.aws.membersOf("SendCommand")).toEqual([
      expect.objectContaining({
        DocumentName: "AWS-RunShellScript",
        InstanceIds: ["i-0123456789abcdef0"],
        Parameters: { commands: [command], executionTimeout: ["60"] },
      }),
    ]);
    expect(world.aws.membersOf("GetCommandInvocation")).toEqual([
      { CommandId: "command-1", InstanceId: "i-0123456789abcdef0" },
    ]);
  });

  test.each(["yes", " Y "])("goes on when the answer is %j", async (answer) => {
    expect((await run("-c areaCode=618", { answer, deploy: making }, answersWith(invited))).status).toBe(0);
    expect(world.said).toContain("Go on? (yes/no) ");
    expect(world.ran).toHaveLength(2);
  });

  test.each(["no", "", "perhaps", "yesterday"])("changes nothing when the answer is %j", async (answer) => {
    const { status, text } = await run("-c areaCode=618", { answer, deploy: making });
    expect(status).toBe(1);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(world.ran).toHaveLength(1);
    expect(changesOf(world)).toEqual([]);
  });

  test("whose template cannot be made says why and changes nothing", async () => {
    const synth = { status: 1, output: "Error: no such thing\n" };
    const { status, text } = await run("-c areaCode=618 --yes", { synth, deploy: making });
    expect(status).toBe(1);
    expect(text).toMatch(/Nothing was changed: the template could not be made\.\nError: no such thing$/);
    expect(world.ran).toHaveLength(1);
  });
});

describe("the link", () => {
  const later = `Get one later with a shell on the host:
  aws ssm start-session --target i-0123456789abcdef0 --region us-east-1
and there:
  sudo /opt/trunkline/current/trunkline --socket /run/trunkline/trunkline.sock invite me`;
  const launched = (arrange: (aws: AwsStandIn) => void) => run("-c areaCode=618 --yes", { deploy: making }, arrange);

  test("is waited for while the host is not known to Systems Manager, and while its command is under way", async () => {
    const { text } = await launched((aws) => {
      answersWith({ Status: "Pending" }, { Status: "InProgress" }, invited)(aws);
      const ready = { status: 400, code: "InvocationDoesNotExist" };
      aws.fail("GetCommandInvocation", ready);
      const { sleep } = world.parts;
      Object.assign(world.parts, {
        sleep: async (ms: number) => {
          await sleep(ms);
          if (world.slept.length === 2) aws.fail("GetCommandInvocation");
        },
      });
    });
    expect(text).toContain(link);
    expect(world.slept).toEqual([2000, 2000, 2000, 2000]);
  });

  test("that does not come within a minute can be had later; the deployment stands", async () => {
    const { status, text } = await launched(answersWith({ Status: "InProgress" }));
    expect(status).toBe(0);
    expect(text).toContain("There is no link to sign in with yet: the host has not answered within a minute.");
    expect(text).toContain(later);
    expect(world.slept).toHaveLength(30);
  });

  const failed = {
    Status: "Failed",
    StandardErrorContent: '{"error":{"code":"FAILED","message":"The server is not there."}}',
  };
  test.each([
    ["the server's own words", answersWith(failed), "The server is not there."],
    ["the shell's words", answersWith({ Status: "Failed", StandardErrorContent: "sh: not found\n" }), "sh: not found"],
    ["its state", answersWith({ Status: "TimedOut" }), "the command on the host is TimedOut"],
    [
      "that it is none",
      answersWith({ Status: "Success", StandardOutputContent: "hello" }),
      "the host has answered something else than a link",
    ],
    [
      "AWS's words",
      (aws: AwsStandIn) => aws.fail("SendCommand", { status: 400, code: "AccessDeniedException", message: "no right" }),
      "no right (AccessDeniedException)",
    ],
    [
      "that the host is not known",
      (aws: AwsStandIn) => aws.fail("SendCommand", { status: 400, code: "InvalidInstanceId", message: "not ready" }),
      "not ready (InvalidInstanceId)",
    ],
  ])("that cannot be had is told with %s, and how to get one", async (_, arrange, words) => {
    const { status, text } = await launched(arrange);
    expect(status).toBe(0);
    expect(text).toContain(`There is no link to sign in with yet: ${words}. The deployment stands.`);
    expect(text).toContain(later);
  });

  test("is not asked for with a name that a shell would read as more than a name", async () => {
    const deploy = (aws: AwsStandIn): number => {
      aws.stack = { status: "CREATE_COMPLETE", outputs: { ...outputs, FirstUser: "me;reboot" } };
      return 0;
    };
    expect((await run("-c areaCode=618 --yes", { deploy })).status).toBe(0);
    expect(changesOf(world)).toEqual([]);
  });
});

describe("a deployment that fails", () => {
  const failure = (id: string, name: string, reason: string, status = "CREATE_FAILED") => ({
    id,
    name,
    status,
    reason,
  });
  const failing =
    (status: string) =>
    (aws: AwsStandIn): number => {
      aws.stack = { status, outputs: {} };
      aws.events = [
        { id: "9", type: "AWS::CloudFormation::Stack", name: "trunkline", status: "ROLLBACK_FAILED", reason: "whole" },
        failure("5", "Other", "Resource creation cancelled"),
        failure("4", "Host", "no capacity"),
        failure("3", "Number", "No number is free"),
        { id: "2", status: "CREATE_IN_PROGRESS" },
        ...aws.events,
      ];
      return 1;
    };

  test("says what was taken back, what failed first, and what to do", async () => {
    const { status, text } = await run("-c areaCode=618 --yes", { deploy: failing("ROLLBACK_COMPLETE") });
    expect(status).toBe(1);
    expect(text).toContain("The deployment failed.\nCloudFormation has taken back what it made");
    expect(text).toContain("npx -y pnpm@10 destroy -c region=us-east-1");
    expect(text).toMatch(
      /What failed first:\n {2}Number \(AWS::Lambda::Function\): No number is free\n {2}Host \(AWS::Lambda::Function\): no capacity$/,
    );
  });

  test("does not tell the failures of an attempt before", async () => {
    const { text } = await run("-c areaCode=618 --yes", { deploy: failing("UPDATE_ROLLBACK_COMPLETE") }, (aws) => {
      aws.stack = { status: "UPDATE_COMPLETE", outputs };
      aws.events = [failure("1", "Old", "long ago")];
    });
    expect(text).toContain("The previous deployment still runs");
    expect(text).toContain("No number is free");
    expect(text).not.toContain("long ago");
  });

  test.each([
    ["UPDATE_ROLLBACK_FAILED", "CloudFormation could not roll everything back (UPDATE_ROLLBACK_FAILED)"],
    ["CREATE_IN_PROGRESS", "CloudFormation goes on by itself (CREATE_IN_PROGRESS)"],
    ["CREATE_FAILED", 'What the host has said is in Systems Manager, State Manager, "trunkline-version"'],
    ["REVIEW_IN_PROGRESS", "Nothing was created. The output of the cdk command above says why."],
  ])("in the state %s is told as it is", async (state, words) => {
    expect((await run("-c areaCode=618 --yes", { deploy: failing(state) })).text).toContain(words);
  });

  test("is not taken back with --keep-failed, so that it can be looked at, and the next attempt goes on from there", async () => {
    await run("-c areaCode=618 --yes --keep-failed", { deploy: failing("CREATE_FAILED") });
    expect(world.ran.at(-1)).toMatch(/ --no-rollback$/);
    world.close();
    await run("-c areaCode=618 --yes", { deploy: () => 0 }, (aws) => {
      aws.stack = { status: "CREATE_FAILED", outputs: {} };
    });
    expect(world.ran.at(-1)).toMatch(/cdk deploy (?!.*--no-rollback)/);
  });

  test("before there is a stack has made nothing", async () => {
    const { status, text } = await run("-c areaCode=618 --yes", { deploy: () => 1 });
    expect(status).toBe(1);
    expect(text).toMatch(/Nothing was created. The output of the cdk command above says why\.$/);
  });
});
