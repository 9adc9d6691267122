import type { E164, UserName } from "./names.ts";

/** One end of a call, as people know it. */
export type Party =
  | { readonly kind: "user"; readonly user: UserName; readonly displayName: string; readonly callerId: E164 }
  | { readonly kind: "trunk"; readonly number: string; readonly displayName?: string };

/** A party that is one of our users. */
export type UserParty = Extract<Party, { kind: "user" }>;

/** A party in one word for logs, records and lists. */
export const partyName = (party: Party): string => (party.kind === "user" ? party.user : party.number);

/** A caller who withholds their identity, or has none. */
export const anonymous: Party = { kind: "trunk", number: "anonymous" };
