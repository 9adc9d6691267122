import networks from "../../../pbx/src/config/networks.json" with { type: "json" };

/** Where a region's Voice Connectors send from and are reached: signalling and media. The server judges by the same list. */
export const networksOf = (region: Region): readonly string[] => networks[region];

export type Region = keyof typeof networks;

/** The regions that have Voice Connectors. */
export const regions = Object.keys(networks) as [Region, ...Region[]];

/** How AWS writes a region in the ids of its zones. */
const zonePrefixes: Readonly<Record<Region, string>> = {
  "us-east-1": "use1",
  "us-west-2": "usw2",
  "ca-central-1": "cac1",
  "eu-west-1": "euw1",
  "eu-central-1": "euc1",
  "eu-west-2": "euw2",
  "ap-northeast-2": "apne2",
  "ap-northeast-1": "apne1",
  "ap-southeast-1": "apse1",
  "ap-southeast-2": "apse2",
};

/** Two zones of a region, by their ids. CloudFront's developer guide, "Restrict access with VPC origins": not apne2-az1. */
export function zonesOf(region: Region): readonly [string, string] {
  const zones = region === "ap-northeast-2" ? [2, 3] : [1, 2];
  return zones.map((zone) => `${zonePrefixes[region]}-az${zone}`) as [string, string];
}
