import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, listenOnLoopback } from "./loopback.ts";

/** What a state becomes by the next look at it. */
const next: Readonly<Record<string, string>> = { stopping: "stopped", pending: "running", attaching: "attached" };

/**
 * EC2 as far as handlers use it, over HTTP on this machine: instances, one volume, one address, security groups. What takes time takes
 * one look; what AWS refuses (a volume that somebody has, an instance that is not there) is refused.
 */
export class Ec2StandIn {
  readonly instances = new Map<string, string>();
  volume: { holder?: string; state: string } | undefined = { state: "available" };
  /** The instance that has the address. */
  address: string | undefined;
  groups: { vpc: string; name: string; id: string }[] = [];
  /** What was changed, in order. */
  readonly changes: string[] = [];
  readonly #server = createServer(async (request, response) => {
    const asked = Object.fromEntries(new URLSearchParams(await text(request)));
    const answer = this.#answer(asked.Action ?? "", asked);
    const [status, body] =
      "code" in answer
        ? [400, `<Response><Errors><Error><Code>${answer.code}</Code><Message>no</Message></Error></Errors></Response>`]
        : [200, `<${asked.Action}Response>${answer.xml}</${asked.Action}Response>`];
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });

  listen(): Promise<string> {
    return listenOnLoopback(this.#server);
  }

  close(): void {
    closeServer(this.#server);
  }

  #answer(action: string, asked: Readonly<Record<string, string>>): { xml: string } | { code: string } {
    const instance = asked["InstanceId.1"] ?? asked.InstanceId ?? "";
    if (action === "DescribeInstances") return this.#describeInstance(instance);
    if (action === "DescribeVolumes") return this.#describeVolume();
    if (action === "DescribeAddresses") return this.#describeAddress();
    if (action === "DescribeSecurityGroups") return this.#describeGroups(asked);
    this.changes.push(`${action} ${instance || (asked.VolumeId ?? asked.AssociationId)}`);
    if (action === "StopInstances") this.instances.set(instance, "stopping");
    else if (action === "StartInstances") this.instances.set(instance, "pending");
    else if (action === "AttachVolume") return this.#attach(instance);
    else if (action === "DetachVolume") this.volume = { state: "available" };
    else if (action === "AssociateAddress") this.address = instance;
    else if (action === "DisassociateAddress") this.address = undefined;
    else return { code: "UnknownOperation" };
    return { xml: "" };
  }

  #attach(instance: string): { xml: string } | { code: string } {
    if (this.volume?.state !== "available") return { code: "VolumeInUse" };
    this.volume = { holder: instance, state: "attaching" };
    return { xml: "" };
  }

  #describeInstance(id: string): { xml: string } | { code: string } {
    const state = this.instances.get(id);
    if (state === undefined) return { code: "InvalidInstanceID.NotFound" };
    this.instances.set(id, next[state] ?? state);
    const item = `<instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState>`;
    return { xml: `<reservationSet><item><instancesSet><item>${item}</item></instancesSet></item></reservationSet>` };
  }

  #describeVolume(): { xml: string } | { code: string } {
    if (this.volume === undefined) return { code: "InvalidVolume.NotFound" };
    const { holder, state } = this.volume;
    this.volume.state = next[state] ?? state;
    const attached = `<attachmentSet><item><instanceId>${holder}</instanceId><status>${state}</status></item></attachmentSet>`;
    const item = holder === undefined ? `<status>${state}</status>` : `<status>in-use</status>${attached}`;
    return { xml: `<volumeSet><item><volumeId>vol-1</volumeId>${item}</item></volumeSet>` };
  }

  #describeAddress(): { xml: string } {
    const holder = this.address === undefined ? "" : `<instanceId>${this.address}</instanceId>`;
    const item = `<allocationId>eipalloc-1</allocationId><associationId>eipassoc-1</associationId>${holder}`;
    return { xml: `<addressesSet><item>${item}</item></addressesSet>` };
  }

  #describeGroups(asked: Readonly<Record<string, string>>): { xml: string } {
    const found = this.groups.filter(
      ({ vpc, name }) => asked["Filter.1.Value.1"] === vpc && asked["Filter.2.Value.1"] === name,
    );
    const items = found.map(({ id }) => `<item><groupId>${id}</groupId></item>`).join("");
    return { xml: `<securityGroupInfo>${items}</securityGroupInfo>` };
  }
}
