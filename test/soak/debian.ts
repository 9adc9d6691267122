import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Architecture, debianNames } from "../../scripts/build/artefact/fetch.ts";
import { root } from "../../scripts/command.ts";

/**
 * Packages of Debian for a processor, unpacked; apt checks their signatures. Nothing of this machine's own is touched.
 * @returns the folder that stands for `/`
 */
export function fetchDebian(architecture: Architecture, packages: readonly string[]): string {
  const folder = join(root, ".cache/artefact", `debian-${architecture}-${packages.join("-")}`);
  const debs = join(folder, "debs");
  if (!existsSync(join(folder, "done"))) {
    rmSync(folder, { recursive: true, force: true });
    for (const path of ["debs", "root", "state/lists/partial", "cache/archives/partial"])
      mkdirSync(join(folder, path), { recursive: true });
    const apt = (...words: readonly string[]): void => {
      const options = [
        ...["-q", "-o", `Dir::State=${folder}/state`, "-o", `Dir::State::lists=${folder}/state/lists`],
        ...["-o", "Dir::State::status=/dev/null", "-o", `Dir::Cache=${folder}/cache`, "-o", "APT::Sandbox::User=root"],
        ...[
          "-o",
          `APT::Architecture=${debianNames[architecture]}`,
          "-o",
          `APT::Architectures::=${debianNames[architecture]}`,
        ],
      ];
      execFileSync("apt-get", [...options, ...words], { cwd: debs, stdio: ["ignore", "ignore", "inherit"] });
    };
    apt("update");
    apt("download", ...packages);
    for (const deb of globSync("*.deb", { cwd: debs }))
      execFileSync("dpkg-deb", ["-x", join(debs, deb), join(folder, "root")]);
    mkdirSync(join(folder, "done"));
  }
  return join(folder, "root");
}
