declare const brand: unique symbol;

/** A user's name as written in the configuration. */
export type UserName = string & { readonly [brand]: "UserName" };
/** A telephone number in E.164 form with its plus, `+12025550123`. */
export type E164 = string & { readonly [brand]: "E164" };
/** Our own name of a call: 12 characters, unlike the peers' Call-IDs safe to print and to type. */
export type CallId = string & { readonly [brand]: "CallId" };

export const asUserName = (text: string): UserName => text as UserName;
export const asCallId = (text: string): CallId => text as CallId;

/** Reads a number that must already be in E.164 form (ITU-T E.164: plus, then 2 to 15 digits, none leading 0). */
export function readE164(text: string): E164 | undefined {
  return /^\+[1-9]\d{1,14}$/.test(text) ? (text as E164) : undefined;
}
