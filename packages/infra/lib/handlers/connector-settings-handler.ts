import { ChimeSDKVoiceClient } from "@aws-sdk/client-chime-sdk-voice";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ConnectorSettings, setConnector } from "./connector-settings.ts";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { retryingHttp, systemSleep } from "./retry-policy.ts";

const chime = new ChimeSDKVoiceClient(retryingHttp);
const secrets = new SecretsManagerClient(retryingHttp);

const secret = async (arn: string): Promise<string> =>
  (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString ?? "";

/** What Lambda calls. */
export const onEvent = (event: ResourceEvent<ConnectorSettings>): Promise<ResourceAnswer> =>
  setConnector(event, { chime, secret, sleep: systemSleep });
