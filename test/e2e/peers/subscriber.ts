import type { SrtpProfile } from "@trunkline/media-relay";

/** Who can call and be called through a bridge. */
export type Subscriber = {
  readonly name: string;
  /** Where its port 5060 is. */
  readonly address: string;
  /** What its leg is encrypted with, by keys in SDP; without, it is in clear. */
  readonly profile?: SrtpProfile;
  /** Where its media comes from, unless from its address. */
  readonly speaksFrom?: string;
};
