import { createHash } from "node:crypto";
import type { Package } from "../licences.ts";

/** Something else than a package of npm's that comes with an artefact. */
export type Component = {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly license: string;
};

const ofNpm = ({ name, version, license }: Package): Component => ({
  name,
  version,
  purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  license: license ?? "NOASSERTION",
});

/** A bill of materials, CycloneDX 1.6: the same parts give the same bytes, so it bears no time. */
export function billOfMaterials(own: Component, packages: readonly Package[], others: readonly Component[]): string {
  const components = [...packages.map(ofNpm), ...others].sort((one, other) => (one.purl < other.purl ? -1 : 1));
  const described = (kind: "application" | "library", { name, version, purl, license }: Component): object => ({
    type: kind,
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: [license.includes(" ") ? { expression: license } : { license: { id: license } }],
  });
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(components.map(({ purl }) => purl).join("\n"))}`,
    version: 1,
    metadata: { component: described("application", own) },
    components: components.map((component) => described("library", component)),
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

/** RFC 9562 section 5.8: an identifier of one's own making, here from what is listed. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
