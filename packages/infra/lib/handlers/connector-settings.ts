import {
  type ChimeSDKVoiceClient,
  type Credential,
  DeleteVoiceConnectorOriginationCommand,
  DeleteVoiceConnectorTerminationCommand,
  DeleteVoiceConnectorTerminationCredentialsCommand,
  ListVoiceConnectorTerminationCredentialsCommand,
  type OriginationRoute,
  PutVoiceConnectorLoggingConfigurationCommand,
  PutVoiceConnectorOriginationCommand,
  PutVoiceConnectorTerminationCommand,
  PutVoiceConnectorTerminationCredentialsCommand,
} from "@aws-sdk/client-chime-sdk-voice";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { retrying, type Sleep, unlessGone } from "./retry-policy.ts";

/** What CloudFormation's own resource of a Voice Connector does not set. */
export type ConnectorSettings = {
  readonly VoiceConnectorId: string;
  /** Who may call through it: networks of /27 to /32. */
  readonly CidrAllowedList: readonly string[];
  /** Where may be called, as ISO codes of countries. */
  readonly CallingRegions: readonly string[];
  readonly CpsLimit: string;
  /** Where its calls go. */
  readonly Routes: readonly {
    readonly Host: string;
    readonly Port: string;
    readonly Protocol: "UDP" | "TCP";
    readonly Priority: string;
    readonly Weight: string;
  }[];
  /** The secret with `username` and `password` in JSON, where calls have to show them. */
  readonly CredentialsSecret?: string;
};

export type ConnectorSettingsParts = {
  readonly chime: ChimeSDKVoiceClient;
  readonly sleep: Sleep;
  /** Reads a secret. */
  readonly secret: (arn: string) => Promise<string>;
};

/** Sets a Voice Connector's termination, origination and logging; every setting is put as a whole, so an update is a create. */
export async function setConnector(
  { RequestType, ResourceProperties: wanted }: ResourceEvent<ConnectorSettings>,
  parts: ConnectorSettingsParts,
): Promise<ResourceAnswer> {
  const id = wanted.VoiceConnectorId;
  const answer = { PhysicalResourceId: `${id}/settings` };
  if (RequestType === "Delete") await clear(id, parts);
  else await put(id, wanted, parts);
  return answer;
}

async function put(
  id: string,
  wanted: ConnectorSettings,
  { chime, sleep, secret }: ConnectorSettingsParts,
): Promise<void> {
  const of = { VoiceConnectorId: id };
  const termination = {
    CidrAllowedList: [...wanted.CidrAllowedList],
    CallingRegions: [...wanted.CallingRegions],
    CpsLimit: Number(wanted.CpsLimit),
    Disabled: false,
  };
  await retrying(() => chime.send(new PutVoiceConnectorTerminationCommand({ ...of, Termination: termination })), sleep);
  const origination = { Routes: wanted.Routes.map(routeOf), Disabled: false };
  await retrying(() => chime.send(new PutVoiceConnectorOriginationCommand({ ...of, Origination: origination })), sleep);
  const logging = { EnableSIPLogs: true, EnableMediaMetricLogs: true };
  await retrying(
    () => chime.send(new PutVoiceConnectorLoggingConfigurationCommand({ ...of, LoggingConfiguration: logging })),
    sleep,
  );
  await putCredentials(
    id,
    wanted.CredentialsSecret === undefined ? [] : [readCredentials(await secret(wanted.CredentialsSecret))],
    chime,
    sleep,
  );
}

/** Those that are wanted are put, all others are taken away: whatever was there before. */
async function putCredentials(
  id: string,
  wanted: readonly Credential[],
  chime: ChimeSDKVoiceClient,
  sleep: Sleep,
): Promise<void> {
  const of = { VoiceConnectorId: id };
  const present = await retrying(() => chime.send(new ListVoiceConnectorTerminationCredentialsCommand(of)), sleep);
  const others = (present.Usernames ?? []).filter((name) => !wanted.some(({ Username }) => Username === name));
  if (wanted.length > 0)
    await retrying(
      () => chime.send(new PutVoiceConnectorTerminationCredentialsCommand({ ...of, Credentials: [...wanted] })),
      sleep,
    );
  if (others.length > 0)
    await unlessGone(() =>
      chime.send(new DeleteVoiceConnectorTerminationCredentialsCommand({ ...of, Usernames: others })),
    );
}

const routeOf = ({
  Host,
  Port,
  Protocol,
  Priority,
  Weight,
}: ConnectorSettings["Routes"][number]): OriginationRoute => ({
  Host,
  Port: Number(Port),
  Protocol,
  Priority: Number(Priority),
  Weight: Number(Weight),
});

/** Nobody calls through it, and it calls nobody any more: what it is called by its number is somebody else's. */
async function clear(id: string, { chime }: ConnectorSettingsParts): Promise<void> {
  const of = { VoiceConnectorId: id };
  await unlessGone(() => chime.send(new DeleteVoiceConnectorOriginationCommand(of)));
  await unlessGone(() => chime.send(new DeleteVoiceConnectorTerminationCommand(of)));
}

/** The secret's text is never part of a message. */
function readCredentials(text: string): Credential {
  const given = parsed(text);
  const { username, password } = (given ?? {}) as { username?: unknown; password?: unknown };
  if (typeof username === "string" && typeof password === "string") return { Username: username, Password: password };
  throw new Error('The secret with the trunk\'s credentials must be JSON with "username" and "password".');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
