import { ListVoiceConnectorsCommand } from "@aws-sdk/client-chime-sdk-voice";
import type { Clients } from "../clients.ts";
import type { Check } from "./check.ts";

/** Whether the account may have one more Voice Connector. What its quota is cannot be asked, only whether it was raised. */
export const voiceConnectors: Check = {
  what: "how many Voice Connectors there are",
  find: async ({ clients, command, isNew }) => {
    if (!isNew) return [];
    const { connectorQuota, settings } = command;
    const count = await countOf(clients);
    if (count < connectorQuota) return [];
    return [
      `There are ${count} Voice Connectors in ${settings.region} already, and an account may have ${connectorQuota}. Remove one, or ask AWS for more
(Service Quotas in the console, "Amazon Chime SDK"); once they are granted, say so with --connector-quota N.`,
    ];
  },
};

async function countOf({ chime }: Clients): Promise<number> {
  let [count, NextToken]: [number, string | undefined] = [0, undefined];
  do {
    const page: { VoiceConnectors?: unknown[]; NextToken?: string } = await chime.send(
      new ListVoiceConnectorsCommand({ NextToken }),
    );
    count += page.VoiceConnectors?.length ?? 0;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return count;
}
