import { nameOf } from "../handlers/retry-policy.ts";

/** What a failed question to AWS means for the person who asked. */
export type FaultKind = "denied" | "credentials" | "unreachable" | "other";

const denied = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "ForbiddenException",
  "UnauthorizedClientException",
  "NotAuthorized",
]);
const credentials = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
  "RequestExpired",
  "AuthFailure",
]);
const unreachable = new Set([
  "TimeoutError",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);

const codeOf = (fault: unknown): string =>
  typeof fault === "object" && fault !== null && "code" in fault ? String(fault.code) : "";

/** Judges a fault by its name, never by its words. */
export function kindOf(fault: unknown): FaultKind {
  const name = nameOf(fault);
  if (denied.has(name)) return "denied";
  if (credentials.has(name)) return "credentials";
  return unreachable.has(name) || unreachable.has(codeOf(fault)) ? "unreachable" : "other";
}

/** What AWS, or the way to it, says: its words with its name where they do not have it. */
export function wordsOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const words = fault.message === "" ? codeOf(fault) : fault.message;
  return ["", "Error"].includes(fault.name) || words.includes(fault.name) ? words : `${words} (${fault.name})`;
}
