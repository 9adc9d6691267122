import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { nameOf } from "../../handlers/retry-policy.ts";
import type { Clients } from "../clients.ts";
import type { Check } from "./check.ts";

const parameter = "/cdk-bootstrap/hnb659fds/version";
/** What templates of this version of CDK ask for. */
const leastVersion = 6;

/** Whether the region has the bucket and the roles by which CDK deploys. */
export const bootstrap: Check = {
  what: "whether the region is prepared for CDK",
  find: async ({ clients, account, command }) => {
    const version = await versionOf(clients);
    if (version !== undefined && version >= leastVersion) return [];
    const { region } = command.settings;
    const why =
      version === undefined ? "is not prepared for CDK yet" : `is prepared for an older CDK (version ${version})`;
    // An empty app: else the command would first want the settings of this one.
    const remedy = `npx -y pnpm@10 --filter @trunkline/infra exec cdk bootstrap aws://${account}/${region} --app=`;
    return [
      `The region ${region} ${why}: it lacks the bucket and the roles to deploy with. Once for all:\n  ${remedy}`,
    ];
  },
};

async function versionOf({ ssm }: Clients): Promise<number | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    return Number(Parameter?.Value);
  } catch (fault) {
    if (nameOf(fault) === "ParameterNotFound") return undefined;
    throw fault;
  }
}
