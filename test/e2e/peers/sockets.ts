import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pathOf } from "../../../scripts/test/programs.ts";

const run = promisify(execFile);

/** A socket that takes what anyone sends: a listening TCP socket, or a UDP socket without a peer. */
export type OpenSocket = { readonly protocol: string; readonly address: string; readonly port: number };

/** Every such socket of a process, as the kernel knows them. */
export async function openSocketsOf(pid: number): Promise<readonly OpenSocket[]> {
  const { stdout } = await run(pathOf("ss"), ["-H", "-l", "-n", "-p", "-t", "-u"]);
  const lines = stdout.split("\n").filter((line) => line.includes(`pid=${pid},`));
  return lines.map((line) => {
    const [protocol = "", , , , local = ""] = line.split(/\s+/);
    const colon = local.lastIndexOf(":");
    return { protocol, address: local.slice(0, colon).replace(/%.*/, ""), port: Number(local.slice(colon + 1)) };
  });
}
