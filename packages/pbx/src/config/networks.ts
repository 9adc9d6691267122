import { type Cidr, readCidr } from "../domain/address.ts";
import networks from "./networks.json" with { type: "json" };

const byRegion = new Map<string, readonly string[]>(Object.entries(networks));

/**
 * The networks from which a region's Voice Connectors send signalling and media.
 * Source: Amazon Chime SDK administrator guide, "Network configuration and bandwidth requirements".
 */
export function regionRanges(region: string): readonly Cidr[] | undefined {
  return byRegion.get(region)?.map((text) => readCidr(text) as Cidr);
}
