import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type HostParts, must } from "./parts.ts";

export const server = "trunkline.service";
export const shipper = "trunkline-ship.service";

/** Puts a release's user and services into the system, to be started now and at each boot. */
export async function installUnits(release: string, parts: HostParts): Promise<void> {
  const { units, sysusers } = parts.paths;
  for (const folder of [units, sysusers]) mkdirSync(folder, { recursive: true });
  cpSync(join(release, "host/trunkline.sysusers"), join(sysusers, "trunkline.conf"));
  for (const unit of [server, shipper]) cpSync(join(release, "host", unit), join(units, unit));
  await must(parts, "The server's user cannot be made", "systemd-sysusers");
  await must(parts, "systemd cannot read its units", "systemctl", "daemon-reload");
  await must(parts, "The services cannot be enabled", "systemctl", "enable", "--quiet", server, shipper);
}
