import { type Region, regions } from "../settings/regions.ts";
import { readCommandLine } from "./command-line.ts";
import type { Parts } from "./parts.ts";
import { originOf, wantedRegion } from "./wanted-region.ts";

/** What `destroy` is asked to do. */
export type DestroyCommand = { readonly region: string; readonly isAgreed: boolean };

export type ReadDestroy =
  | { readonly kind: "go"; readonly command: DestroyCommand }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly faults: readonly string[] };

export const destroyUsage = `npx -y pnpm@10 destroy [-c region=REGION] [--yes]

Removes Trunkline from your AWS account, and says what stays.

  -c, --context region=REGION  where it is; else what cdk.json or AWS_REGION says, else us-east-1
  --yes                        does not ask
  --help                       this text`;

/** Reads the command line of `destroy`, every fault of it together. */
export function readDestroy(args: readonly string[], { env, written }: Pick<Parts, "env" | "written">): ReadDestroy {
  const line = readCommandLine(args, { flags: ["yes", "help"] });
  if (line.flags.has("help")) return { kind: "help" };
  const wanted = wantedRegion({ ...written, ...line.context }, env);
  const { region = "us-east-1" } = wanted;
  const others = Object.keys(line.context).filter((key) => key !== "region");
  const faults = [
    ...line.faults,
    ...others.map((key) => `${key}: is nothing that destroy needs; there is region`),
    ...(regions.includes(region as Region)
      ? []
      : [`region: must be one of the regions that have Voice Connectors: ${regions.join(", ")}`, ...originOf(wanted)]),
  ];
  if (faults.length > 0) return { kind: "wrong", faults };
  return { kind: "go", command: { region, isAgreed: line.flags.has("yes") } };
}
