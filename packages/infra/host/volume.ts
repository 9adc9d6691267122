import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HostParts, InstallFailed, must, saidBy } from "./parts.ts";

const attachedWithinMs = 120_000;
const lookEveryMs = 2000;

/** What udev calls an EBS volume on instances of Nitro. */
export const deviceOf = (volume: string): string =>
  `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume.replace("-", "")}`;

/**
 * Mounts the volume that keeps the server's records, and makes a file system on one that has none: XFS, which Amazon Linux
 * has for itself. It takes the room that a volume has been given since.
 * @throws InstallFailed when it does not come, or cannot be used
 */
export async function mountVolume(volume: string, parts: HostParts, device = deviceOf(volume)): Promise<void> {
  const { units, data } = parts.paths;
  await attached(device, volume, parts);
  if (!(await hasFileSystem(device, parts)))
    await must(parts, "No file system can be made on the data volume", "mkfs.xfs", "-q", "-L", "trunkline", device);
  const unit = `${data.slice(1).replaceAll("/", "-")}.mount`;
  mkdirSync(data, { recursive: true });
  writeFileSync(join(units, unit), mountOf(device, data));
  await must(parts, "systemd cannot read its units", "systemctl", "daemon-reload");
  await must(parts, "The data volume cannot be mounted", "systemctl", "enable", "--quiet", "--now", unit);
  await must(parts, "The data volume cannot take its room", "xfs_growfs", data);
}

async function attached(device: string, volume: string, { sleep }: HostParts): Promise<void> {
  for (let waitedMs = 0; !existsSync(device); waitedMs += lookEveryMs) {
    if (waitedMs >= attachedWithinMs)
      throw new InstallFailed(`The data volume ${volume} is not attached: no ${device}.`);
    await sleep(lookEveryMs);
  }
}

/** Only where blkid says that there is nothing (2), nothing is overwritten. */
async function hasFileSystem(device: string, { run }: HostParts): Promise<boolean> {
  const ran = await run("blkid", ["--probe", device]);
  if (ran.status === 0) return true;
  if (ran.status === 2 && saidBy(ran) === "") return false;
  throw new InstallFailed(`The data volume cannot be looked at: ${saidBy(ran)}`);
}

const mountOf = (device: string, data: string): string => `[Unit]
Description=What Trunkline keeps

[Mount]
What=${device}
Where=${data}
Type=xfs
Options=nodev,nosuid,noexec

[Install]
WantedBy=multi-user.target
`;
