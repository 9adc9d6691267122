import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ResourceEvent } from "../lib/handlers/events.ts";
import { type Attachments, attachmentsCompletion, onAttachments } from "../lib/handlers/host-attachments.ts";
import { chooseImage, type MachineImageWish } from "../lib/handlers/machine-image.ts";
import { findOriginGroup } from "../lib/handlers/origin-group.ts";
import { Ec2StandIn } from "./ec2-stand-in.ts";
import { closeServer, listenOnLoopback } from "./loopback.ts";

const client = { region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" }, maxAttempts: 1 };
let standIn: Ec2StandIn;
let ec2: EC2Client;
let slept: number[];
const sleep = async (ms: number): Promise<void> => void slept.push(ms);

beforeEach(async () => {
  [standIn, slept] = [new Ec2StandIn(), []];
  ec2 = new EC2Client({ ...client, endpoint: await standIn.listen() });
});
afterEach(() => {
  ec2.destroy();
  standIn.close();
});

describe("volume and address", () => {
  const event = (InstanceId: string, RequestType: "Create" | "Update" | "Delete" = "Create") => ({
    RequestType,
    PhysicalResourceId: `vol-1/eipalloc-1/${InstanceId}`,
    ResourceProperties: { VolumeId: "vol-1", AllocationId: "eipalloc-1", InstanceId },
  });
  /** As CloudFormation's provider framework asks: again and again, here twenty times at most. */
  async function done(asked: ResourceEvent<Attachments>): Promise<boolean> {
    for (let asks = 0; asks < 20; asks++) if ((await attachmentsCompletion(asked, ec2)).IsComplete) return true;
    return false;
  }
  const held = () => [standIn.volume?.holder, standIn.volume?.state, standIn.address];

  test("are given to a host that is just starting", async () => {
    standIn.instances.set("i-1", "pending");
    expect(onAttachments(event("i-1"))).toEqual({ PhysicalResourceId: "vol-1/eipalloc-1/i-1" });
    expect(await done(event("i-1"))).toBe(true);
    expect(standIn.changes).toEqual(["AttachVolume i-1", "AssociateAddress i-1"]);
    expect(held()).toEqual(["i-1", "attached", "i-1"]);
  });

  test("are taken from the host before, which is stopped first, and then nothing is left to release", async () => {
    standIn.instances.set("i-1", "running").set("i-2", "running");
    standIn.volume = { holder: "i-1", state: "attached" };
    standIn.address = "i-1";
    expect(await done(event("i-2", "Update"))).toBe(true);
    expect(standIn.changes).toEqual([
      ...["StopInstances i-1", "DetachVolume vol-1", "AttachVolume i-2", "AssociateAddress i-2"],
    ]);
    expect(await done(event("i-1", "Delete"))).toBe(true);
    expect(held()).toEqual(["i-2", "attached", "i-2"]);
  });

  test("go back when the change is taken back, and the host that was stopped is started", async () => {
    standIn.instances.set("i-1", "stopped").set("i-2", "running");
    standIn.volume = { holder: "i-2", state: "attached" };
    standIn.address = "i-2";
    expect(await done(event("i-1", "Update"))).toBe(true);
    expect(standIn.instances.get("i-1")).toBe("running");
    expect(standIn.changes).toEqual([
      ...["StopInstances i-2", "DetachVolume vol-1", "AttachVolume i-1", "StartInstances i-1"],
      "AssociateAddress i-1",
    ]);
    expect(held()).toEqual(["i-1", "attached", "i-1"]);
  });

  test("are free when the stack goes, the volume whole: its host is stopped before it is taken", async () => {
    standIn.instances.set("i-1", "running");
    standIn.volume = { holder: "i-1", state: "attached" };
    standIn.address = "i-1";
    expect(await done(event("i-1", "Delete"))).toBe(true);
    expect(standIn.changes).toEqual(["DisassociateAddress eipassoc-1", "StopInstances i-1", "DetachVolume vol-1"]);
  });

  test("of attachments that were never made, or of which all is gone, need nothing", async () => {
    expect(await done({ ...event("i-1", "Delete"), PhysicalResourceId: "trunkline-Attachments-ABC" })).toBe(true);
    standIn.volume = undefined;
    expect(await done(event("i-1", "Delete"))).toBe(true);
    expect(standIn.changes).toEqual([]);
  });

  test("whose host is gone are told so, not waited for", async () => {
    await expect(done(event("i-9"))).rejects.toThrow("The host i-9 is gone.");
  });
});

describe("CloudFront's group", () => {
  const event = { RequestType: "Create" as const, ResourceProperties: { VpcId: "vpc-1" } };

  test("is found in the network, also where it comes a little later, and no other is", async () => {
    standIn.groups = [{ vpc: "vpc-2", name: "CloudFront-VPCOrigins-Service-SG", id: "sg-2" }];
    const found = findOriginGroup(event, {
      ec2,
      sleep: async (ms) => {
        await sleep(ms);
        standIn.groups.push({ vpc: "vpc-1", name: "CloudFront-VPCOrigins-Service-SG", id: "sg-1" });
      },
    });
    expect(await found).toEqual({ PhysicalResourceId: "sg-1", Data: { GroupId: "sg-1" } });
    expect(slept).toEqual([1000]);
  });

  test("that never comes is told", async () => {
    await expect(findOriginGroup(event, { ec2, sleep })).rejects.toThrow(
      "CloudFront has made no group CloudFront-VPCOrigins-Service-SG in vpc-1.",
    );
  });

  test("is none of ours to remove", async () => {
    const removed = { ...event, RequestType: "Delete" as const, PhysicalResourceId: "sg-1" };
    expect(await findOriginGroup(removed, { ec2, sleep })).toEqual({ PhysicalResourceId: "sg-1" });
  });
});

describe("the machine image", () => {
  let newest: string | undefined;
  /** The public parameter, over HTTP on this machine. */
  async function ssm(): Promise<SSMClient> {
    const server = createServer(async (request, response) => {
      const { Name } = JSON.parse(await text(request)) as { Name: string };
      response.end(JSON.stringify(Name === "/image" ? { Parameter: { Name, Value: newest } } : {}));
    });
    const made = new SSMClient({ ...client, endpoint: await listenOnLoopback(server) });
    onTestFinished(() => {
      made.destroy();
      closeServer(server);
    });
    return made;
  }
  const wish = (Revision: string): MachineImageWish => ({ Parameter: "/image", Revision });

  test("is the newest at first, stays though a newer one comes, changes with the revision, and comes back", async () => {
    const asked = await ssm();
    newest = "ami-1";
    const first = await chooseImage({ RequestType: "Create", ResourceProperties: wish("a") }, asked);
    newest = "ami-2";
    const update = (PhysicalResourceId: string, revision: string) =>
      chooseImage({ RequestType: "Update", PhysicalResourceId, ResourceProperties: wish(revision) }, asked);
    const same = await update(first.PhysicalResourceId, "a");
    const second = await update(same.PhysicalResourceId, "b");
    newest = "ami-3";
    const back = await update(second.PhysicalResourceId, "a");
    expect([first, same, second, back].map(({ Data }) => Data?.ImageId)).toEqual(["ami-1", "ami-1", "ami-2", "ami-1"]);
    expect(same.PhysicalResourceId).toBe(first.PhysicalResourceId);
  });

  test("that no parameter names is told", async () => {
    newest = undefined;
    await expect(chooseImage({ RequestType: "Create", ResourceProperties: wish("a") }, await ssm())).rejects.toThrow(
      "The public parameter /image names no image.",
    );
  });
});
