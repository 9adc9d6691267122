import { afterEach, describe, expect, test } from "vitest";
import { makeClients } from "../lib/launch/clients.ts";
import { launch } from "../lib/launch/launch.ts";
import type { AwsStandIn } from "./aws-stand-in.ts";
import { changesOf, makeWorld, type World } from "./launch-world.ts";

let world: World;
afterEach(() => {
  expect(world.aws.faults).toEqual([]);
  world.close();
});

const run = async (line: string, arrange: (aws: AwsStandIn) => void) => {
  world = await makeWorld({ deploy: () => 1 });
  arrange(world.aws);
  const status = await launch([...line.split(" "), "--yes"], world.parts);
  return { status, text: world.said.join("\n") };
};

/** What is said when there is an obstacle: nothing was run, nothing was changed. */
async function obstaclesOf(line: string, arrange: (aws: AwsStandIn) => void): Promise<string> {
  const { status, text } = await run(line, arrange);
  expect(status).toBe(1);
  expect(text).toContain("Nothing was changed. First:\n- ");
  expect(world.ran).toEqual([]);
  expect(changesOf(world)).toEqual([]);
  return text;
}

const deployed = async (line: string, arrange: (aws: AwsStandIn) => void): Promise<boolean> => {
  const { text } = await run(line, arrange);
  expect(text).not.toContain("Nothing was changed");
  return world.ran.some((one) => one.includes("cdk deploy"));
};

const area = "-c areaCode=618";
const stack = (aws: AwsStandIn, status: string, outputs: Record<string, string> = {}): void => {
  aws.stack = { status, outputs };
};
const denied = { status: 400, code: "AccessDenied", message: "not for you" };

test("an account with nothing in the way is deployed to, and was only looked at before", async () => {
  expect(await deployed(area, () => {})).toBe(true);
  expect(changesOf(world)).toEqual([]);
});

test("all obstacles are told together", async () => {
  const text = await obstaclesOf(area, (aws) => {
    aws.prepared = undefined;
    aws.connectors = 3;
    aws.addresses = 5;
    aws.chime.free = [];
    aws.instanceTypes = [];
  });
  expect(text.match(/^- /gm)).toHaveLength(5);
});

describe("credentials", () => {
  test.each(["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])(
    "that AWS answers with %s: how to get some, in a beginner's words",
    async (code) => {
      const text = await obstaclesOf(area, (aws) =>
        aws.fail("GetCallerIdentity", { status: 403, code, message: "bad" }),
      );
      for (const words of ["aws configure sso", "aws login", "AWS_PROFILE", "bad"]) expect(text).toContain(words);
      expect(world.aws.operations).toEqual(["GetCallerIdentity"]);
    },
  );

  test("that are not there at all: the same words", async () => {
    world = await makeWorld();
    const nobody = async (): Promise<never> => {
      throw Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
    };
    const clients = () => makeClients("us-east-1", { endpoint: "http://127.0.0.1:9", credentials: nobody, env: {} });
    expect(await launch(["-c", "areaCode=618", "--yes"], { ...world.parts, clients })).toBe(1);
    expect(world.said.join("\n")).toContain("aws configure sso");
    expect(world.aws.operations).toEqual([]);
  });

  test("a network on which AWS is not to be reached is told as that", async () => {
    world = await makeWorld();
    const closed = makeClients("us-east-1", {
      endpoint: "http://127.0.0.1:9",
      env: {},
      credentials: { accessKeyId: "x", secretAccessKey: "y" },
    });
    expect(await launch(["-c", "areaCode=618", "--yes"], { ...world.parts, clients: () => closed })).toBe(1);
    expect(world.said.join("\n")).toContain("AWS cannot be reached from this machine: ");
  });
});

test("AWS is asked by the proxy that the environment names", async () => {
  world = await makeWorld();
  const credentials = { accessKeyId: "x", secretAccessKey: "y" };
  const env = { HTTP_PROXY: world.url };
  const clients = () => makeClients("us-east-1", { endpoint: "http://aws.invalid", credentials, env });
  world.aws.prepared = undefined;
  expect(await launch(["-c", "areaCode=618", "--yes"], { ...world.parts, clients })).toBe(1);
  expect(world.said.join("\n")).toContain("is not prepared for CDK yet");
});

describe("the region's preparation", () => {
  const command = "npx -y pnpm@10 --filter @trunkline/infra exec cdk bootstrap aws://111122223333/us-west-2 --app=";

  test.each([
    [undefined, "is not prepared for CDK yet"],
    ["5", "is prepared for an older CDK (version 5)"],
  ])("of version %s is told with the command that makes it", async (prepared, words) => {
    const text = await obstaclesOf(`${area} -c region=us-west-2`, (aws) => {
      aws.prepared = prepared;
    });
    expect(text).toContain(words);
    expect(text).toContain(command);
  });
});

describe("the stack", () => {
  test.each([
    ["ROLLBACK_COMPLETE", "npx -y pnpm@10 destroy -c region=us-east-1"],
    ["DELETE_FAILED", "npx -y pnpm@10 destroy -c region=us-east-1"],
    ["UPDATE_IN_PROGRESS", "CloudFormation is still changing it"],
    ["DELETE_IN_PROGRESS", "CloudFormation is still changing it"],
    ["UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name trunkline --region us-east-1"],
  ])("in the state %s is told with what to do", async (status, remedy) => {
    const text = await obstaclesOf(area, (aws) => stack(aws, status));
    expect(text).toContain(`The stack "trunkline" in us-east-1 cannot be changed: it is ${status}.`);
    expect(text).toContain(remedy);
  });

  test.each(["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])(
    "in the state %s is deployed to",
    async (status) => expect(await deployed(area, (aws) => stack(aws, status))).toBe(true),
  );

  test("that is there already has its Voice Connector and its address: their quotas do not matter", async () => {
    const full = (aws: AwsStandIn): void => {
      stack(aws, "CREATE_COMPLETE");
      aws.connectors = 3;
      aws.addresses = 5;
    };
    expect(await deployed(area, full)).toBe(true);
  });
});

describe("quotas", () => {
  test("of Voice Connectors: three, or as many as are said to be granted", async () => {
    const three = (aws: AwsStandIn): void => {
      aws.connectors = 3;
    };
    const text = await obstaclesOf(area, three);
    expect(text).toContain("There are 3 Voice Connectors in us-east-1 already, and an account may have 3.");
    world.close();
    expect(await deployed(`${area} --connector-quota 4`, three)).toBe(true);
  });

  test("of addresses: what the account says", async () => {
    const text = await obstaclesOf(area, (aws) => {
      aws.addresses = 7;
      aws.maxAddresses = "7";
    });
    expect(text).toContain("There are 7 Elastic IP addresses in us-east-1, and the account may have 7.");
    world.close();
    const roomy = (aws: AwsStandIn): void => {
      aws.addresses = 7;
      aws.maxAddresses = "8";
    };
    expect(await deployed(area, roomy)).toBe(true);
  });
});

test("an instance type that the host's zone does not have is refused", async () => {
  const text = await obstaclesOf(`${area} -c instanceType=c8g.medium`, () => {});
  expect(text).toContain("us-east-1 has no hosts of the type c8g.medium in its zone use1-az1.");
  expect(world.aws.membersOf("DescribeInstanceTypeOfferings")[0]).toEqual({
    LocationType: "availability-zone-id",
    "Filter.1.Name": "instance-type",
    "Filter.1.Value.1": "c8g.medium",
    "Filter.2.Name": "location",
    "Filter.2.Value.1": "use1-az1",
  });
});

describe("the number that the phone has", () => {
  const had = { PhoneNumber: "+16185550100", NumberWish: "618", NumberIsKept: "true" };

  test("is not changed by a setting that was forgotten or mistaken", async () => {
    const text = await obstaclesOf("-c areaCode=312", (aws) => stack(aws, "CREATE_COMPLETE", had));
    expect(text).toContain("The phone has +16185550100, which was wished for as 618.");
    expect(text).toContain("+16185550100 would stay in your account, unused.");
    world.close();
    const lost = await obstaclesOf("-c areaCode=312", (aws) =>
      stack(aws, "CREATE_COMPLETE", { ...had, NumberIsKept: "false" }),
    );
    expect(lost).toContain("+16185550100 would be given back to AWS, for good.");
  });

  test.each(["-c areaCode=312 --change-number", "-c areaCode=618", "-c number=+16185550100"])(
    "may change, or stays, with %s",
    async (line) => {
      const own = (aws: AwsStandIn): void => {
        stack(aws, "CREATE_COMPLETE", had);
        aws.chime.numbers.set("+16185550100", { status: "Unassigned" });
      };
      expect(await deployed(line, own)).toBe(true);
    },
  );
});

test("a data volume that would have to become smaller is refused; one that grows is not", async () => {
  const volume = (aws: AwsStandIn): void => {
    stack(aws, "CREATE_COMPLETE", { DataVolumeId: "vol-0123456789abcdef0" });
    aws.volumeGiB = 20;
  };
  expect(await obstaclesOf(area, volume)).toContain("The data volume has 20 GiB and cannot shrink. Set -c diskGiB=20.");
  world.close();
  expect(await deployed(`${area} -c diskGiB=21`, volume)).toBe(true);
});

describe("a new number", () => {
  const none = (aws: AwsStandIn): void => {
    aws.chime.free = [];
  };

  test.each([
    [area, "ordered with the area code 618", { AreaCode: "618", PhoneNumberType: "Local" }],
    ["-c state=IL", "ordered in the state IL", { State: "IL", PhoneNumberType: "Local" }],
    [
      "-c tollFreePrefix=844",
      "ordered with the toll-free prefix 844",
      { TollFreePrefix: "844", PhoneNumberType: "TollFree" },
    ],
  ])("by %s that is not to be had is told", async (wish, words, members) => {
    expect(await obstaclesOf(wish, none)).toContain(`No number is available now for ${words}.`);
    const search = world.aws.chime.asked.find(({ operation }) => operation === "SearchAvailablePhoneNumbers");
    expect(search?.members).toEqual({ Country: "US", MaxResults: 1, ...members });
  });

  test.each([
    ["is nobody's", {}, true],
    ["is the stack's own", { connector: "own" }, true],
    ["is another connector's", { connector: "other" }, false],
  ])("need not be found where one that was ordered for this wish %s: %j", async (_, more, isEnough) => {
    const { text } = await run(area, (aws) => {
      none(aws);
      stack(aws, "CREATE_COMPLETE", { VoiceConnectorId: "own" });
      aws.chime.numbers.set("+16185550111", { status: "Unassigned", name: "trunkline.618", ...more });
    });
    expect(text.includes("No number is available")).toBe(!isEnough);
  });
});

describe("a number of the account's own", () => {
  const own = "-c number=+16185558387";
  const having = (aws: AwsStandIn, connector?: string, status = "Unassigned"): void => {
    aws.chime.numbers.set("+16185558387", { status, ...(connector !== undefined && { connector }) });
  };

  test("can be used", async () => expect(await deployed(own, (aws) => having(aws))).toBe(true));

  test("can go on being used", async () => {
    const used = (aws: AwsStandIn): void => {
      stack(aws, "CREATE_COMPLETE", { VoiceConnectorId: "own" });
      having(aws, "own", "Assigned");
    };
    expect(await deployed(own, used)).toBe(true);
  });

  test.each([
    ["is not there", () => {}, "Your account has no number +16185558387 in the Amazon Chime SDK."],
    [
      "is another connector's",
      (aws: AwsStandIn) => having(aws, "other", "Assigned"),
      "The number +16185558387 belongs to something else (VoiceConnectorId other).",
    ],
    [
      "is of another product type",
      (aws: AwsStandIn) => {
        having(aws);
        aws.productType = "SipMediaApplicationDialIn";
      },
      "The number +16185558387 is of the product type SipMediaApplicationDialIn.",
    ],
    ["is being given back", (aws: AwsStandIn) => having(aws, undefined, "ReleaseInProgress"), "is ReleaseInProgress"],
  ])("that %s is refused", async (_, arrange, words) => expect(await obstaclesOf(own, arrange)).toContain(words));
});

describe("a secret that the settings name", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf";
  const named = `${area} -c credentials=${arn}`;
  const being = (isGoing: boolean) => (aws: AwsStandIn) => {
    aws.secrets[arn] = isGoing;
  };

  test("is looked at, not read", async () => {
    expect(await deployed(named, being(false))).toBe(true);
    expect(world.aws.membersOf("DescribeSecret")).toEqual([{ SecretId: arn }]);
    expect(world.aws.operations).not.toContain("GetSecretValue");
  });

  test.each([
    [named, () => {}, "is not there"],
    [named, being(true), "is being deleted"],
    [`${area} -c secrets=credentials=${arn}`, () => {}, "is not there"],
    [`${named} -c region=us-west-2`, () => {}, "is not in us-west-2"],
  ])("%s: is refused where it cannot be used", async (line, arrange, words) => {
    expect(await obstaclesOf(line, arrange)).toContain(`credentials: the secret ${arn} ${words}`);
  });
});

describe("what cannot be looked at", () => {
  test.each([
    ["DescribeStacks", denied, "the state of the stack"],
    ["GetParameter", { ...denied, code: "AccessDeniedException" }, "whether the region is prepared for CDK"],
    [
      "ListVoiceConnectors",
      { ...denied, status: 403, code: "ForbiddenException" },
      "how many Voice Connectors there are",
    ],
    ["chime", { ...denied, status: 403, code: "AccessDeniedException" }, "whether such a number is available"],
    ["DescribeAddresses", { ...denied, code: "UnauthorizedOperation" }, "how many Elastic IP addresses there are"],
    [
      "DescribeInstanceTypeOfferings",
      { ...denied, code: "UnauthorizedOperation" },
      "whether the zone has the instance type",
    ],
  ])("%s for lack of a right is told, and is no obstacle", async (operation, fault, what) => {
    const { text } = await run(area, (aws) => aws.fail(operation, fault));
    expect(text).toContain(`could not be checked: ${what} (not for you`);
    expect(text).not.toContain("Nothing was changed");
    expect(world.ran).toHaveLength(2);
  });

  test("for another reason is an obstacle", async () => {
    const text = await obstaclesOf(area, (aws) =>
      aws.fail("GetParameter", { status: 400, code: "InvalidKeyId", message: "broken" }),
    );
    expect(text).toContain("- could not be checked: whether the region is prepared for CDK (broken (InvalidKeyId))");
  });
});
