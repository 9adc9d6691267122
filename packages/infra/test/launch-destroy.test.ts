import { afterEach, describe, expect, test } from "vitest";
import { destroy } from "../lib/launch/destroy.ts";
import type { AwsStandIn } from "./aws-stand-in.ts";
import { changesOf, makeWorld, type World, type WorldOptions } from "./launch-world.ts";

let world: World;
afterEach(() => {
  expect(world.aws.faults).toEqual([]);
  world.close();
});

const outputs = {
  PhoneUrl: "https://d111111abcdef8.cloudfront.net",
  PhoneNumber: "+16185550100",
  VoiceConnectorId: "abcdefghijklmnopqrstuv",
  NumberIsKept: "true",
  DataVolumeId: "vol-0123456789abcdef0",
};
const there =
  (more: Record<string, string> = {}, status = "CREATE_COMPLETE") =>
  (aws: AwsStandIn): void => {
    aws.stack = { status, outputs: { ...outputs, ...more } };
  };

const run = async (line: string, arrange: (aws: AwsStandIn) => void, options: WorldOptions = {}) => {
  world = await makeWorld(options);
  arrange(world.aws);
  const status = await destroy(line.split(" ").filter(Boolean), world.parts);
  return { status, text: world.said.join("\n") };
};

describe("wrong use", () => {
  test.each([
    [
      "--force -c areaCode=618 -c region=mars",
      ["--force: is no option", "areaCode: is nothing that destroy needs", "region: must be one of"],
    ],
    ["", ["Add --yes to continue without a question"]],
  ])("%j is told in words, and nothing is asked of AWS", async (line, words) => {
    const { status, text } = await run(line, there());
    expect(status).toBe(2);
    for (const one of words) expect(text).toContain(one);
    expect(world.aws.operations).toEqual([]);
  });

  test("the region is what cdk.json says, as for launch", async () => {
    const { text } = await run("--yes", () => {}, { written: { region: "eu-central-1", areaCode: "618" } });
    expect(text).toContain("in eu-central-1 of the account");
  });

  test("--help tells the options", async () => {
    expect(await run("--help", there())).toMatchObject({
      status: 0,
      text: expect.stringContaining("destroy [-c region="),
    });
  });
});

describe("before anything is removed", () => {
  test("credentials that do not work are told", async () => {
    const { status, text } = await run("--yes", (aws) => {
      there()(aws);
      aws.fail("GetCallerIdentity", { status: 403, code: "ExpiredToken", message: "expired" });
    });
    expect(status).toBe(1);
    expect(text).toContain("aws configure sso");
    expect(changesOf(world)).toEqual([]);
  });

  test("a stack that is not there is nothing to remove", async () => {
    const { status, text } = await run("--yes -c region=us-west-2", () => {});
    expect({ status, text }).toEqual({
      status: 0,
      text: 'There is no stack "trunkline" in us-west-2 of the account 111122223333. There is nothing to remove.',
    });
    expect(changesOf(world)).toEqual([]);
  });

  test.each([
    ["UPDATE_IN_PROGRESS", false, "CloudFormation is still changing the stack (UPDATE_IN_PROGRESS)"],
    ["CREATE_COMPLETE", true, "aws cloudformation update-termination-protection --no-enable-termination-protection"],
  ])("a stack that is %s, protected: %s, is left alone", async (status, isProtected, words) => {
    const ran = await run("--yes", (aws) => {
      aws.stack = { status, outputs, isProtected };
    });
    expect(ran).toEqual({ status: 1, text: expect.stringContaining(words) });
    expect(changesOf(world)).toEqual([]);
  });

  test("what stays is told, with its cost and the command that removes it", async () => {
    const { text } = await run("", there(), { answer: "no" });
    for (const words of [
      "the host with the phone at https://d111111abcdef8.cloudfront.net, the Voice Connector abcdefghijklmnopqrstuv",
      "The phone number +16185550100: 1.00 USD a month.",
      "aws chime-sdk-voice delete-phone-number --phone-number-id +16185550100 --region us-east-1",
      "the call history): 0.64 USD a month for its 8 GiB.",
      "aws ec2 delete-volume --volume-id vol-0123456789abcdef0 --region us-east-1",
      "/aws/ChimeVoiceConnectorSipMessages/abcdefghijklmnopqrstuv --region us-east-1",
      "/aws/ChimeVoiceConnectorLogs/abcdefghijklmnopqrstuv --region us-east-1",
    ])
      expect(text).toContain(words);
  });

  test("a number that is not kept is told as one that goes", async () => {
    const { text } = await run("", there({ NumberIsKept: "false" }), { answer: "no" });
    expect(text).toContain("+16185550100 is given back to AWS");
    expect(text).not.toContain("delete-phone-number");
  });

  test("a toll-free number costs what those cost; a volume that cannot be looked at, a price for each GiB", async () => {
    const { text } = await run(
      "",
      (aws) => {
        there({ PhoneNumber: "+18445550100" })(aws);
        aws.fail("DescribeVolumes", { status: 400, code: "UnauthorizedOperation" });
      },
      { answer: "no" },
    );
    expect(text).toContain("The phone number +18445550100: 2.00 USD a month.");
    expect(text).toContain("0.08 USD a month for each GiB");
  });

  test.each(["no", "", "never"])("the answer %j changes nothing", async (answer) => {
    const { status, text } = await run("", there(), { answer });
    expect(status).toBe(1);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(changesOf(world)).toEqual([]);
  });
});

describe("the removal", () => {
  test.each([
    ["--yes", {}],
    ["", { answer: "yes" }],
  ])("with %j %j is waited for, and each step told once", async (line, options) => {
    const { status } = await run(
      line,
      (aws) => {
        there()(aws);
        aws.removal = ["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"];
      },
      options,
    );
    expect(status).toBe(0);
    expect(world.said.slice(-4)).toEqual([
      "Being removed: 3 things are left.",
      "Being removed: 2 things are left.",
      "Being removed: 1 thing is left.",
      "Trunkline has been removed. What remains is listed above.",
    ]);
    expect(world.slept).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(changesOf(world)).toEqual(["DeleteStack"]);
  });

  test("asks by the stack's id, by which it is found when it is gone", async () => {
    await run("--yes", there());
    const names = world.aws.membersOf("DescribeStacks").map(({ StackName }) => StackName);
    expect(names[0]).toBe("trunkline");
    expect(new Set(names.slice(1))).toEqual(new Set([world.aws.membersOf("DeleteStack")[0]?.StackName]));
    expect(names[1]).toMatch(/^arn:/);
  });

  test.each(["ROLLBACK_COMPLETE", "DELETE_FAILED", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS"])(
    "also removes what is left in the state %s",
    async (status) => {
      expect((await run("--yes", there({}, status))).status).toBe(0);
      expect(changesOf(world)).toEqual(["DeleteStack"]);
    },
  );

  test("that fails tells the reasons of this attempt", async () => {
    const events = [
      { id: "3", name: "VoiceConnector", status: "DELETE_FAILED", reason: "it still has a number" },
      { id: "2", name: "Role", status: "DELETE_COMPLETE" },
      { id: "1", name: "Old", status: "DELETE_FAILED", reason: "long ago" },
    ];
    world = await makeWorld();
    there()(world.aws);
    world.aws.removal = ["DELETE_FAILED"];
    world.aws.events = events.slice(2);
    const sleep = async (): Promise<void> => {
      world.aws.events = events;
    };
    expect(await destroy(["--yes"], { ...world.parts, sleep })).toBe(1);
    expect(world.said.at(-1)).toBe(`Not everything could be removed:
  VoiceConnector (AWS::Lambda::Function): it still has a number
See to that, then run it again:
  npx -y pnpm@10 destroy -c region=us-east-1`);
  });

  test("that goes on for too long is left to CloudFormation", async () => {
    const { status, text } = await run("--yes", (aws) => {
      there()(aws);
      aws.left = 600;
      aws.removal = Array(600).fill("DELETE_IN_PROGRESS");
    });
    expect(status).toBe(1);
    expect(text).toContain("It is not removed after an hour and a half. CloudFormation goes on");
    expect(world.slept).toHaveLength(540);
  });

  test("of which AWS says nothing more goes on, and that is told", async () => {
    const { status, text } = await run("--yes", (aws) => {
      there()(aws);
      aws.fail("ListStackResources", { status: 400, code: "ExpiredToken", message: "expired" });
    });
    expect(status).toBe(1);
    expect(text).toContain("AWS does not say how far it is: expired (ExpiredToken)\nCloudFormation goes on.");
  });

  test("that AWS refuses is told with its words", async () => {
    const { status, text } = await run("--yes", (aws) => {
      there()(aws);
      aws.fail("DeleteStack", { status: 403, code: "AccessDenied", message: "not for you" });
    });
    expect({ status, text }).toEqual({ status: 1, text: expect.stringContaining("destroy has failed: not for you") });
  });
});
