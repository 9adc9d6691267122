import { root } from "../../scripts/command.ts";
import { ended, startChild } from "./child.ts";
import { type Log, readLog } from "./server/log.ts";

/** A network of its own: loopback, and one interface with an address when `interface` is given, e.g. `192.0.2.10/24`. */
export type NamespaceOptions = { readonly interface?: string };

export type Inside = {
  readonly status: number;
  /** What it wrote as JSON lines. */
  readonly lines: Log["lines"];
  /** Everything that it wrote, to both outputs. */
  readonly output: string;
};

/** Shell words that set the namespace up; the far end of the pair is up, so that the interface has a carrier, but has no address. */
function setUp(options: NamespaceOptions): string {
  const loopback = "ip link set lo up";
  if (options.interface === undefined) return loopback;
  return [
    loopback,
    "ip link add eth0 type veth peer name far0",
    "ip link set eth0 addrgenmode none && ip link set far0 addrgenmode none",
    `ip address add ${options.interface} dev eth0`,
    "ip link set far0 up && ip link set eth0 up",
    "ip route add default dev eth0",
  ].join(" && ");
}

/**
 * Runs a TypeScript file with Node inside a network namespace of its own, which ends with it. It reports by writing JSON
 * lines to its output. Root is needed, or a system that lets users have user namespaces.
 */
export async function runInNamespace(
  file: string,
  options: NamespaceOptions = {},
  args: readonly string[] = [],
): Promise<Inside> {
  const own = process.getuid?.() === 0 ? ["-n"] : ["-r", "-n"];
  const script = `PATH="$PATH:/usr/sbin:/sbin"; ${setUp(options)} && exec "$0" "$@"`;
  const child = startChild("unshare", [...own, "sh", "-ec", script, process.execPath, file, ...args], root);
  const [out, err] = [readLog(child.stdout), readLog(child.stderr)];
  const status = await ended(child);
  return { status, lines: out.lines, output: `${out.text()}\n${err.text()}` };
}
