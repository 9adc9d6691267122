import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";

/** Which machine image hosts have. */
export type MachineImageWish = {
  /** The public parameter that names the newest one. */
  readonly Parameter: string;
  /** Any text: as long as it is the same the image is, too. */
  readonly Revision: string;
};

/**
 * Chooses a machine image once and keeps it: a newer one would replace the host. The resource is called by the image and
 * the revision that asked for it, and by those before, to which a change that is taken back finds its way.
 */
export async function chooseImage(
  { RequestType, PhysicalResourceId = "", ResourceProperties: wish }: ResourceEvent<MachineImageWish>,
  ssm: SSMClient,
): Promise<ResourceAnswer> {
  if (RequestType === "Delete") return { PhysicalResourceId };
  const known = PhysicalResourceId.split(",").filter(Boolean).slice(0, 2);
  const present = known.find((one) => one.endsWith(`@${wish.Revision}`));
  const chosen = present ?? `${await newest(wish.Parameter, ssm)}@${wish.Revision}`;
  const [ImageId = ""] = chosen.split("@", 1);
  return {
    PhysicalResourceId: [chosen, ...known.filter((one) => one !== chosen)].slice(0, 2).join(","),
    Data: { ImageId },
  };
}

async function newest(name: string, ssm: SSMClient): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
  if (Parameter?.Value === undefined) throw new Error(`The public parameter ${name} names no image.`);
  return Parameter.Value;
}
