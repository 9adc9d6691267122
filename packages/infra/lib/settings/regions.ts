import networks from "../../../pbx/src/config/networks.json" with { type: "json" };

/** Where a region's Voice Connectors send from and are reached: signalling and media. The server judges by the same list. */
export const networksOf = (region: Region): readonly string[] => networks[region];

export type Region = keyof typeof networks;

/** The regions that have Voice Connectors. */
export const regions = Object.keys(networks) as [Region, ...Region[]];
