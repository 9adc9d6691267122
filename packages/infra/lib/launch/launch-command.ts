import { readSettings, type Settings } from "../settings/settings.ts";
import { readCommandLine } from "./command-line.ts";
import type { LaunchParts } from "./parts.ts";
import { originOf, wantedRegion } from "./wanted-region.ts";

/** What `launch` is asked to do. */
export type LaunchCommand = {
  readonly settings: Settings;
  /** What is handed on to the cdk command, by key. */
  readonly context: Readonly<Record<string, string>>;
  readonly isDryRun: boolean;
  readonly isAgreed: boolean;
  /** How many Voice Connectors the account may have in the region. */
  readonly connectorQuota: number;
  /** Whether the phone may lose the number that it has. */
  readonly mayChangeNumber: boolean;
  /** What fails is not taken back, so that it can be looked at. */
  readonly isKeptWhenFailed: boolean;
};

export type ReadLaunch =
  | { readonly kind: "go"; readonly command: LaunchCommand }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly faults: readonly string[] };

export const launchUsage = `npx -y pnpm@10 launch [-c key=value ...] [--dry-run] [--yes]

Puts Trunkline into your AWS account: a phone number, its Voice Connector and the host that answers it.

  -c, --context key=value  a setting, any number of times; a number is all that must be said:
                           areaCode=618, state=IL or tollFreePrefix=844 for a new one, number=+1... for one of yours
  --dry-run                shows what would be made and what it would cost; needs no AWS account
  --yes                    does not ask
  --connector-quota N      how many Voice Connectors your account may have in the region, if AWS has raised it from 3
  --change-number          lets the phone get another number than the one that it has
  --keep-failed            takes nothing back when the deployment fails, so that it can be looked at
  --help                   this text`;

/** Reads the command line of `launch`, every fault of it together with those of the settings. */
export function readLaunch(
  args: readonly string[],
  { env, written }: Pick<LaunchParts, "env" | "written">,
): ReadLaunch {
  const line = readCommandLine(args, {
    flags: ["dry-run", "yes", "change-number", "keep-failed", "help"],
    values: ["connector-quota"],
  });
  if (line.flags.has("help")) return { kind: "help" };
  const wanted = wantedRegion({ ...written, ...line.context }, env);
  const context = { ...line.context, ...(wanted.region !== undefined && { region: wanted.region }) };
  const read = readSettings({ ...written, ...context });
  const quota = line.values["connector-quota"] ?? "3";
  const faults = [
    ...line.faults,
    ...(/^[1-9]\d{0,3}$/.test(quota) ? [] : ["--connector-quota: must be a whole number"]),
    ...("faults" in read ? withOrigin(read.faults, originOf(wanted)) : []),
  ];
  if (faults.length > 0 || "faults" in read) return { kind: "wrong", faults };
  return { kind: "go", command: commandOf(read.settings, context, line.flags, Number(quota)) };
}

const commandOf = (
  settings: Settings,
  context: LaunchCommand["context"],
  flags: ReadonlySet<string>,
  connectorQuota: number,
): LaunchCommand => ({
  settings,
  context,
  isDryRun: flags.has("dry-run"),
  isAgreed: flags.has("yes"),
  mayChangeNumber: flags.has("change-number"),
  isKeptWhenFailed: flags.has("keep-failed"),
  connectorQuota,
});

const withOrigin = (faults: readonly string[], origin: readonly string[]): readonly string[] =>
  faults.some((fault) => fault.startsWith("region:")) ? [...faults, ...origin] : faults;
