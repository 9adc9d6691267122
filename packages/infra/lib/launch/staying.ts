import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { isTollFree } from "../settings/settings.ts";
import type { Clients } from "./clients.ts";
import { numberPrice, prices } from "./costs.ts";
import type { Outputs } from "./stack.ts";
import { dollars } from "./words.ts";

/** What stays when the stack goes, what each costs a month, and how it is removed by hand, a text each. */
export async function stayingTexts(outputs: Outputs, region: string, { ec2 }: Clients): Promise<readonly string[]> {
  const { DataVolumeId: volume } = outputs;
  const size = volume === undefined ? undefined : await sizeOf(volume, ec2);
  return [
    ...numberText(outputs, region),
    ...(volume === undefined ? [] : [volumeText(volume, size, region)]),
    logsText(outputs, region),
    filesText(region),
  ];
}

/** How many GiB a volume has, where that is to be seen. */
const sizeOf = (volume: string, ec2: Clients["ec2"]): Promise<number | undefined> =>
  ec2.send(new DescribeVolumesCommand({ VolumeIds: [volume] })).then(
    ({ Volumes = [] }) => Volumes[0]?.Size,
    () => undefined,
  );

function numberText({ PhoneNumber: number, NumberIsKept: isKept }: Outputs, region: string): readonly string[] {
  if (isKept === "false") return [];
  const price = dollars(numberPrice(isTollFree(number ?? "")));
  return [
    `The phone number${number === undefined ? ", if one was ordered" : ` ${number}`}: ${price} USD a month. The next launch with the same wish takes it again.
To give it back:
  aws chime-sdk-voice delete-phone-number --phone-number-id ${number ?? "NUMBER"} --region ${region}`,
  ];
}

function volumeText(volume: string, size: number | undefined, region: string): string {
  const price = dollars(prices.storageGiB);
  const cost = size === undefined ? `${price} USD a month for each GiB` : costOf(size);
  return `The volume ${volume} with the database (users, passkeys, the call history): ${cost}. To delete it, for ever:
  aws ec2 delete-volume --volume-id ${volume} --region ${region}`;
}

const costOf = (size: number): string => `${dollars(size * prices.storageGiB)} USD a month for its ${size} GiB`;

function logsText({ VoiceConnectorId: id = "ID" }: Outputs, region: string): string {
  const remove = (name: string): string =>
    `  aws logs delete-log-group --log-group-name /aws/ChimeVoiceConnector${name}/${id} --region ${region}`;
  return `The Voice Connector's logs, which AWS has written: ${dollars(prices.keptLogGB)} USD a month for each GB. To delete them:
${remove("SipMessages")}
${remove("Logs")}`;
}

const filesText = (region: string): string =>
  `What was deployed, some 50 MB for each version, in the bucket by which CDK deploys: ${dollars(prices.fileGB)} USD a month for each GB. To
delete what nothing uses:
  npx -y pnpm@10 --filter @trunkline/infra exec cdk gc --unstable=gc --app= aws://ACCOUNT/${region}`;
