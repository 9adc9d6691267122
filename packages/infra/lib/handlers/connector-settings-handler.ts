import { ChimeSDKVoiceClient } from "@aws-sdk/client-chime-sdk-voice";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ConnectorSettings, setConnector } from "./connector-settings.ts";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { patientHttp, systemSleep } from "./patience.ts";

const chime = new ChimeSDKVoiceClient(patientHttp);
const secrets = new SecretsManagerClient(patientHttp);

const secret = async (arn: string): Promise<string> =>
  (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString ?? "";

/** What Lambda calls. */
export const onEvent = (event: ResourceEvent<ConnectorSettings>): Promise<ResourceAnswer> =>
  setConnector(event, { chime, secret, sleep: systemSleep });
