import { ChimeSDKVoiceClient } from "@aws-sdk/client-chime-sdk-voice";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConnectorSettings, setConnector } from "../lib/handlers/connector-settings.ts";
import type { ResourceEvent } from "../lib/handlers/events.ts";
import { onPhoneNumber, type PhoneNumberWish, phoneNumberCompletion } from "../lib/handlers/phone-number.ts";
import { ChimeStandIn } from "./chime-stand-in.ts";

const connector = "abcdefghijklmnopqrstuv";
const busy = { status: 409, code: "ConflictException" };
const unknown = { status: 404, code: "NotFoundException" };
const throttled = { status: 429, code: "ThrottledClientException" };
const broken = { status: 400, code: "BadRequestException", message: "no" };

let standIn: ChimeStandIn;
let chime: ChimeSDKVoiceClient;
let slept: number[];
let secrets: Record<string, string>;
const sleep = async (ms: number): Promise<void> => void slept.push(ms);
const secret = async (arn: string): Promise<string> => secrets[arn] ?? "";

beforeEach(async () => {
  [standIn, slept] = [new ChimeStandIn(), []];
  secrets = { arn: '{"username":"trunk","password":"a secret of the trunk"}' };
  standIn.connectors.set(connector, { credentials: [] });
  chime = new ChimeSDKVoiceClient({
    endpoint: await standIn.listen(),
    region: "us-east-1",
    credentials: { accessKeyId: "x", secretAccessKey: "y" },
    maxAttempts: 1,
  });
});
afterEach(() => {
  chime.destroy();
  standIn.close();
  expect(standIn.faults).toEqual([]);
});

const wanted = (changes: Partial<ConnectorSettings> = {}): ConnectorSettings => ({
  VoiceConnectorId: connector,
  CidrAllowedList: ["198.51.100.204/32"],
  CallingRegions: ["US", "CA"],
  CpsLimit: "1",
  Routes: [{ Host: "198.51.100.204", Port: "5060", Protocol: "UDP", Priority: "1", Weight: "1" }],
  ...changes,
});
const set = (event: Partial<ResourceEvent<ConnectorSettings>> = {}) =>
  setConnector({ RequestType: "Create", ResourceProperties: wanted(), ...event }, { chime, sleep, secret });

describe("the settings of a connector", () => {
  test("are put with their own types, although CloudFormation has only texts", async () => {
    expect(await set()).toEqual({ PhysicalResourceId: `${connector}/settings` });
    expect(standIn.connectors.get(connector)).toEqual({
      termination: {
        CidrAllowedList: ["198.51.100.204/32"],
        CallingRegions: ["US", "CA"],
        CpsLimit: 1,
        Disabled: false,
      },
      origination: {
        Routes: [{ Host: "198.51.100.204", Port: 5060, Protocol: "UDP", Priority: 1, Weight: 1 }],
        Disabled: false,
      },
      logging: { EnableSIPLogs: true, EnableMediaMetricLogs: true },
      credentials: [],
    });
  });

  const puts = [
    "PutVoiceConnectorTermination",
    "PutVoiceConnectorOrigination",
    "PutVoiceConnectorLoggingConfiguration",
  ];

  test.each(puts)("%s is asked for again while the connector is not known yet, or busy", async (operation) => {
    standIn.fail(operation, unknown, busy, unknown);
    await set();
    expect(standIn.count(operation)).toBe(4);
    expect(slept).toEqual([1000, 2000, 4000]);
  });

  test.each(puts)("%s that goes on failing fails the deployment, with AWS's words", async (operation) => {
    standIn.fail(operation, ...Array(7).fill(busy));
    await expect(set()).rejects.toMatchObject({ name: "ConflictException" });
    standIn.fail(operation, broken);
    await expect(set()).rejects.toMatchObject({ name: "BadRequestException", message: "no" });
  });

  test("an update puts everything anew, every property of it", async () => {
    await set();
    const changed = wanted({
      CidrAllowedList: ["198.51.100.205/32"],
      CallingRegions: ["US"],
      CpsLimit: "5",
      Routes: [{ Host: "sip.example.com", Port: "5061", Protocol: "TCP", Priority: "2", Weight: "3" }],
    });
    await set({ RequestType: "Update", ResourceProperties: changed, OldResourceProperties: wanted() });
    expect(standIn.connectors.get(connector)).toMatchObject({
      termination: { CidrAllowedList: ["198.51.100.205/32"], CallingRegions: ["US"], CpsLimit: 5 },
      origination: { Routes: [{ Host: "sip.example.com", Port: 5061, Protocol: "TCP", Priority: 2, Weight: 3 }] },
    });
  });

  test("with credentials: put from the secret, and taken away with it", async () => {
    const withSecret = wanted({ CredentialsSecret: "arn" });
    await set({ ResourceProperties: withSecret });
    expect(standIn.connectors.get(connector)?.credentials).toEqual(["trunk"]);
    secrets.arn = '{"username":"another","password":"a secret of the trunk"}';
    await set({ RequestType: "Update", ResourceProperties: withSecret });
    expect(standIn.connectors.get(connector)?.credentials).toEqual(["another"]);
    delete secrets.arn;
    await set({ RequestType: "Update", OldResourceProperties: withSecret });
    expect(standIn.connectors.get(connector)?.credentials).toEqual([]);
  });

  test.each(["", "not JSON of a secret", '{"username":"trunk"}'])(
    "a secret that is none is refused without its text: %#",
    async (text) => {
      secrets.arn = text;
      const refused = set({ ResourceProperties: wanted({ CredentialsSecret: "arn" }) });
      await expect(refused).rejects.toThrow('must be JSON with "username" and "password"');
      await refused.catch((fault: Error) => text !== "" && expect(fault.message).not.toContain(text));
    },
  );

  test("go with it, whether it is still there or not", async () => {
    await set();
    await set({ RequestType: "Delete" });
    expect(standIn.connectors.get(connector)).toMatchObject({ termination: undefined, origination: undefined });
    standIn.connectors.clear();
    await set({ RequestType: "Delete" });
  });
});

const wish = (changes: Partial<PhoneNumberWish> = {}): PhoneNumberWish => ({
  VoiceConnectorId: connector,
  AreaCode: "618",
  Label: "trunkline",
  Keep: "true",
  ...changes,
});
type Event = ResourceEvent<PhoneNumberWish>;
const parts = () => ({ chime, sleep });
const begin = (event: Partial<Event> = {}) =>
  onPhoneNumber({ RequestType: "Create", ResourceProperties: wish(), ...event }, parts());
const look = (event: Partial<Event>) =>
  phoneNumberCompletion({ RequestType: "Create", ResourceProperties: wish(), ...event }, parts());

/** Asks as CloudFormation's framework does. @returns what it got, and how often it had to ask */
async function complete(
  event: Partial<Event>,
): Promise<{ readonly asked: number; readonly number: string | undefined }> {
  for (let asked = 1; asked < 30; asked++) {
    const { IsComplete, Data } = await look(event);
    if (IsComplete) return { asked, number: Data?.PhoneNumber };
  }
  throw new Error("it never ended");
}

const ordered = "+16185550100";

describe("a number", () => {
  test.each([
    [{}, { AreaCode: "618", PhoneNumberType: "Local" }],
    [
      { AreaCode: undefined, State: "IL" },
      { State: "IL", PhoneNumberType: "Local" },
    ],
    [
      { AreaCode: undefined, TollFreePrefix: "844" },
      { TollFreePrefix: "844", PhoneNumberType: "TollFree" },
    ],
  ])("is searched, ordered, awaited and given to the connector: %j", async (changes, searched) => {
    standIn.pendingLooks = 3;
    const event = { ResourceProperties: wish(changes as Partial<PhoneNumberWish>) };
    const { PhysicalResourceId } = await begin(event);
    expect(await complete({ ...event, PhysicalResourceId })).toEqual({ asked: 5, number: ordered });
    expect(standIn.numbers.get(ordered)).toEqual({
      status: "Assigned",
      name: expect.stringMatching(/^trunkline\.(618|IL|844)$/),
      connector,
    });
    expect(standIn.asked.find(({ operation }) => operation === "SearchAvailablePhoneNumbers")?.members).toEqual({
      ...searched,
      Country: "US",
      MaxResults: 1,
    });
  });

  test("that nobody offers is told with the wish", async () => {
    standIn.free = [];
    await expect(begin()).rejects.toThrow("No number is available with the area code 618. Choose another area code.");
  });

  test("that an earlier attempt at this very wish has left is taken: nothing is ordered twice", async () => {
    standIn.numbers.set("+18445550198", { status: "Unassigned", name: "trunkline.844" });
    standIn.numbers.set("+16185550197", { status: "Assigned", name: "trunkline.618", connector: "another" });
    standIn.numbers.set("+16185550199", { status: "Unassigned", name: "trunkline.618" });
    const { PhysicalResourceId } = await begin();
    expect(await complete({ PhysicalResourceId })).toMatchObject({ number: "+16185550199" });
    expect(standIn.count("CreatePhoneNumberOrder")).toBe(0);
  });

  test("of the account is used as it is, and never given back", async () => {
    standIn.numbers.set("+16185558387", { status: "Unassigned" });
    const event = {
      ResourceProperties: wish({
        AreaCode: undefined,
        Number: "+16185558387",
        Keep: "false",
      } as Partial<PhoneNumberWish>),
    };
    const { PhysicalResourceId } = await begin(event);
    expect(await complete({ ...event, PhysicalResourceId })).toEqual({ asked: 2, number: "+16185558387" });
    await complete({ ...event, RequestType: "Delete", PhysicalResourceId });
    expect(standIn.numbers.get("+16185558387")).toEqual({ status: "Unassigned" });
  });

  test("that the account does not have, or that is another's, is refused in words", async () => {
    const event = {
      ResourceProperties: wish({ Number: "+16185558387" }),
      PhysicalResourceId: "number/+16185558387/16185558387",
    };
    await expect(look(event)).rejects.toThrow("The account has no number +16185558387.");
    standIn.numbers.set("+16185558387", { status: "Assigned", connector: "another" });
    await expect(look(event)).rejects.toThrow("The number +16185558387 belongs to another. Take it from there first.");
  });

  test("whose order fails fails the deployment, and its removal has nothing to do", async () => {
    const { PhysicalResourceId } = await begin();
    standIn.orders.get("order-1")!.status = "Failed";
    await expect(look({ PhysicalResourceId })).rejects.toThrow("The number order ended with Failed. Try again.");
    expect(await look({ RequestType: "Delete", PhysicalResourceId })).toEqual({ IsComplete: true });
    standIn.orders.clear();
    expect(await look({ RequestType: "Delete", PhysicalResourceId })).toEqual({ IsComplete: true });
  });

  test("whose order is under way when its stack goes is waited for, and let go then", async () => {
    const { PhysicalResourceId } = await begin({ ResourceProperties: wish({ Keep: "false" }) });
    standIn.pendingLooks = 2;
    const event = { RequestType: "Delete", PhysicalResourceId, ResourceProperties: wish({ Keep: "false" }) } as const;
    expect(await complete(event)).toMatchObject({ asked: 3 });
    expect(standIn.numbers.size).toBe(0);
  });

  test("that is ordered already, by an attempt that was given up, is waited for: none is ordered twice", async () => {
    await begin();
    standIn.pendingLooks = 2;
    const { PhysicalResourceId } = await begin();
    expect(PhysicalResourceId).toBe(`number/${ordered}/618`);
    standIn.numbers.get(ordered)!.status = "Unassigned";
    expect(await complete({ PhysicalResourceId })).toMatchObject({ number: ordered });
    expect(standIn.count("CreatePhoneNumberOrder")).toBe(1);
  });

  test("that could not be had is told", async () => {
    standIn.numbers.set(ordered, { status: "AcquireFailed" });
    await expect(look({ PhysicalResourceId: `number/${ordered}/618` })).rejects.toThrow(
      `The number ${ordered} could not be ordered. Try again.`,
    );
  });

  test("errors that stand in an answer of 200 are read: those that pass are asked again, the others told", async () => {
    standIn.numbers.set(ordered, { status: "Unassigned" });
    standIn.numberErrors = [{ PhoneNumberId: ordered, ErrorCode: "Throttled" }];
    expect(await complete({ PhysicalResourceId: `number/${ordered}/618` })).toEqual({ asked: 3, number: ordered });
    Object.assign(standIn.numbers.get(ordered)!, { status: "Unassigned", connector: undefined });
    standIn.numberErrors = [{ PhoneNumberId: ordered, ErrorCode: "AccessDenied", ErrorMessage: "not yours" }];
    await expect(look({ PhysicalResourceId: `number/${ordered}/618` })).rejects.toThrow(
      `The number ${ordered} could not be given to the Voice Connector: not yours`,
    );
  });

  test("goes with the connector that takes the place of its own, and stays otherwise", async () => {
    standIn.connectors.set("new", { credentials: [] });
    standIn.numbers.set(ordered, { status: "Assigned", connector });
    const update = {
      RequestType: "Update",
      PhysicalResourceId: `number/${ordered}/618`,
      ResourceProperties: wish({ VoiceConnectorId: "new" }),
      OldResourceProperties: wish(),
    } as const;
    expect(await begin(update)).toEqual({ PhysicalResourceId: `number/${ordered}/618` });
    expect(await complete(update)).toEqual({ asked: 2, number: ordered });
    expect(standIn.numbers.get(ordered)?.connector).toBe("new");
    const kept = { ...update, ResourceProperties: wish({ Keep: "false" }) };
    expect(await begin(kept)).toEqual({ PhysicalResourceId: `number/${ordered}/618` });
    expect(standIn.count("CreatePhoneNumberOrder")).toBe(0);
  });

  test("another wish gets another number; the old one goes when CloudFormation says so", async () => {
    standIn.numbers.set("+16185558387", { status: "Unassigned" });
    standIn.numbers.set(ordered, { status: "Assigned", connector });
    const update = {
      RequestType: "Update",
      PhysicalResourceId: `number/${ordered}/618`,
      ResourceProperties: wish({ Number: "+16185558387" }),
      OldResourceProperties: wish(),
    } as const;
    expect(await begin(update)).toEqual({ PhysicalResourceId: "number/+16185558387/16185558387" });
  });

  test("that it was given can be named, and stays", async () => {
    const { PhysicalResourceId } = await begin();
    await complete({ PhysicalResourceId });
    const named = { RequestType: "Update", PhysicalResourceId, ResourceProperties: wish({ Number: ordered }) } as const;
    expect(await begin(named)).toEqual({ PhysicalResourceId });
    expect(await complete(named)).toEqual({ asked: 1, number: ordered });
  });

  test("that another wish was to replace is found again when that change is taken back", async () => {
    const { PhysicalResourceId } = await begin();
    await complete({ PhysicalResourceId });
    standIn.free = [];
    const changed = {
      RequestType: "Update",
      PhysicalResourceId,
      ResourceProperties: wish({ AreaCode: "999" }),
    } as const;
    await expect(begin(changed)).rejects.toThrow("No number is available with the area code 999");
    const back = { ...changed, ResourceProperties: wish(), OldResourceProperties: wish({ AreaCode: "999" }) };
    expect(await begin(back)).toEqual({ PhysicalResourceId });
    standIn.free = ["+19995550100"];
    const other = await begin(changed);
    await complete({ ...changed, ...other });
    const undone = await begin({ ...back, ...other });
    expect(undone).toEqual({ PhysicalResourceId: `number/${ordered}/618` });
    expect(await complete({ ...back, ...undone })).toEqual({ asked: 1, number: ordered });
    expect(standIn.count("CreatePhoneNumberOrder")).toBe(2);
  });

  test.each(["ReleaseInProgress", "DeleteInProgress", "Cancelled"])(
    "that is %s cannot be used, and is told at once",
    async (status) => {
      standIn.numbers.set(ordered, { status });
      await expect(look({ PhysicalResourceId: `number/${ordered}/618` })).rejects.toThrow(
        `The number ${ordered} is ${status}`,
      );
    },
  );

  test.each([
    ["true", { status: "Unassigned" }],
    ["false", undefined],
  ])("is let go when the stack goes; Keep %s", async (keep, left) => {
    standIn.numbers.set(ordered, { status: "Assigned", connector });
    const event = {
      ResourceProperties: wish({ Keep: keep }),
      PhysicalResourceId: `number/${ordered}/618`,
      RequestType: "Delete",
    } as const;
    await begin(event);
    expect(await complete(event)).toMatchObject({ asked: 2 });
    expect(standIn.numbers.get(ordered)).toEqual(left);
    expect(await complete(event)).toMatchObject({ asked: 1 });
  });

  test("of somebody else by now is not touched when the stack goes, nor is one that was never made", async () => {
    standIn.numbers.set(ordered, { status: "Assigned", connector: "another" });
    const event = { ResourceProperties: wish({ Keep: "false" }), RequestType: "Delete" } as const;
    expect(await look({ ...event, PhysicalResourceId: `number/${ordered}/618` })).toEqual({ IsComplete: true });
    expect(
      await look({ ...event, PhysicalResourceId: "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED" }),
    ).toEqual({ IsComplete: true });
    expect(standIn.numbers.get(ordered)?.connector).toBe("another");
  });

  test.each(["SearchAvailablePhoneNumbers", "ListPhoneNumbers", "CreatePhoneNumberOrder"])(
    "%s that fails fails the beginning",
    async (operation) => {
      standIn.fail(operation, broken);
      await expect(begin()).rejects.toMatchObject({ name: "BadRequestException" });
    },
  );

  test.each(["GetPhoneNumberOrder", "GetPhoneNumber", "AssociatePhoneNumbersWithVoiceConnector"])(
    "%s: what passes is asked again, what does not is told, and the next attempt goes on from there",
    async (operation) => {
      const { PhysicalResourceId } = await begin();
      standIn.fail(operation, throttled, busy, broken);
      await expect(complete({ PhysicalResourceId })).rejects.toMatchObject({ name: "BadRequestException" });
      expect(await complete({ PhysicalResourceId })).toMatchObject({ number: ordered });
      expect(standIn.count("CreatePhoneNumberOrder")).toBe(1);
    },
  );
});
