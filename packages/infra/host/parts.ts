/** What became of a program, and what it has written. */
export type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** What a program has said, for whoever wants to know why. */
export const saidBy = ({ stdout, stderr }: Ran): string => `${stdout}${stderr}`.trim();

/** Where things lie on a host. */
export type HostPaths = {
  /** Releases, and the link `current` to the one that runs. */
  readonly home: string;
  /** The configuration and the secrets that it names. */
  readonly etc: string;
  /** systemd's units. */
  readonly units: string;
  /** Users of the system that come with packages. */
  readonly sysusers: string;
  /** Settings of the kernel. */
  readonly sysctl: string;
  /** What the server keeps. */
  readonly data: string;
};

export const hostPaths: HostPaths = {
  home: "/opt/trunkline",
  etc: "/etc/trunkline",
  units: "/etc/systemd/system",
  sysusers: "/usr/lib/sysusers.d",
  sysctl: "/etc/sysctl.d",
  data: "/var/lib/trunkline",
};

/** What an installation does things with. */
export type HostParts = {
  readonly paths: HostPaths;
  readonly run: (command: string, args: readonly string[]) => Promise<Ran>;
  /** Whether the server lives, and whether it says that it can take calls. */
  readonly health: () => Promise<"dead" | "alive" | "ready">;
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (words: string) => void;
};

/** An installation that did not come about; what ran before runs on. */
export class InstallFailed extends Error {}

/**
 * Runs a program that must succeed.
 * @throws InstallFailed with `why` and what it has said
 */
export async function must(
  { run }: Pick<HostParts, "run">,
  why: string,
  command: string,
  ...args: readonly string[]
): Promise<void> {
  const ran = await run(command, args);
  if (ran.status !== 0) throw new InstallFailed(`${why}: ${saidBy(ran)}`);
}
