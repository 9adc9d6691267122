import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type HostParts, must } from "./parts.ts";

export const server = "trunkline.service";
export const shipper = "trunkline-ship.service";

/** Puts a release's user, limits and services into the system, to be started now and at each boot. */
export async function installUnits(release: string, parts: HostParts): Promise<void> {
  const { units, sysusers, sysctl } = parts.paths;
  for (const folder of [units, sysusers, sysctl]) mkdirSync(folder, { recursive: true });
  cpSync(join(release, "host/trunkline.sysusers"), join(sysusers, "trunkline.conf"));
  for (const unit of [server, shipper]) cpSync(join(release, "host", unit), join(units, unit));
  await must(parts, "The server's user cannot be made", "systemd-sysusers");
  await raiseLimits(release, parts);
  await must(parts, "systemd cannot read its units", "systemctl", "daemon-reload");
  await must(parts, "The services cannot be enabled", "systemctl", "enable", "--quiet", server, shipper);
}

/** Sets the kernel's limits. A host on which that fails runs all the same, and the server says what it was not given. */
async function raiseLimits(release: string, { paths, run, tell }: HostParts): Promise<void> {
  const limits = join(release, "host/trunkline.sysctl");
  // A release that is taken back to may be older than its limits.
  if (!existsSync(limits)) return;
  cpSync(limits, join(paths.sysctl, "60-trunkline.conf"));
  const { status, stderr } = await run("systemctl", ["restart", "systemd-sysctl.service"]);
  if (status !== 0) tell(`The kernel's limits cannot be set: ${stderr.trim()}`);
}
