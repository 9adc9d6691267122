import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import type { Check } from "./check.ts";

/** Whether the data volume would have to become smaller, which none can. */
export const disk: Check = {
  what: "how big the data volume is",
  find: async ({ clients: { ec2 }, command, outputs: { DataVolumeId: volume } }) => {
    if (volume === undefined) return [];
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volume] }));
    const size = Volumes[0]?.Size ?? 0;
    if (size <= command.settings.diskGiB) return [];
    return [`The data volume has ${size} GiB and cannot shrink. Set -c diskGiB=${size}.`];
  },
};
