import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { nameOf } from "../../handlers/retry-policy.ts";
import { namedSecrets } from "../../settings/settings.ts";
import type { Clients } from "../clients.ts";
import type { Check } from "./check.ts";

/** Whether the secrets that the settings name are there. What is in them is not read. */
export const secrets: Check = {
  what: "whether the secrets are there",
  find: async ({ clients, command }) => {
    const { credentials, sipCertificate, region } = command.settings;
    const named = Object.entries({ credentials, sipCertificate, ...namedSecrets(command.settings) });
    const found = named.map(async ([key, arn]) => {
      const fault = arn === undefined ? undefined : await faultOf(arn, region, clients);
      return fault === undefined ? [] : [`${key}: the secret ${arn} ${fault}`];
    });
    return (await Promise.all(found)).flat();
  },
};

async function faultOf(arn: string, region: string, clients: Clients): Promise<string | undefined> {
  if (arn.split(":")[3] !== region) return `is not in ${region}. Make one there, and name its ARN.`;
  try {
    const { DeletedDate } = await clients.secrets.send(new DescribeSecretCommand({ SecretId: arn }));
    return DeletedDate && "is being deleted. Restore it (aws secretsmanager restore-secret), or name another one.";
  } catch (fault) {
    if (nameOf(fault) === "ResourceNotFoundException") return "is not there. Make it first, and name its whole ARN.";
    throw fault;
  }
}
