import { integrityBytes, isAuthentic } from "./integrity.ts";
import { attribute, isStunMessage, messageType, typeOf, visitAttributes } from "./message.ts";

/** The part that an ICE agent plays, RFC 8445 section 6.1.1. */
export type IceRole = "controlling" | "controlled";

/** What a connectivity check says, RFC 8445 section 7.1. */
export type BindingRequest = {
  /** Our user fragment, as the peer names it. */
  readonly fragment: string;
  /** Where the value of MESSAGE-INTEGRITY lies. */
  readonly integrityAt: number;
  /** The part that the peer plays. */
  readonly role: IceRole | undefined;
  /** Whether it has an attribute that must be understood and is not one of ICE's, RFC 8489 section 14. */
  readonly isStrange: boolean;
};

const understood: ReadonlySet<number> = new Set([attribute.username, attribute.priority, attribute.useCandidate]);
const isOptional = (type: number): boolean => type >= 0x8000;
const latin = new TextDecoder("latin1");

/**
 * Reads a binding request that names an ICE user and carries a MESSAGE-INTEGRITY; what follows that is ignored (RFC 8489
 * section 14.5). `undefined`: it is no such request. Whether the integrity is right is asked by `isAuthentic`.
 */
export function readBindingRequest(p: Uint8Array): BindingRequest | undefined {
  if (!isStunMessage(p) || typeOf(p) !== messageType.request) return undefined;
  const found = { username: "", integrityAt: 0, isStrange: false, role: undefined as IceRole | undefined };
  const isWhole = visitAttributes(p, (type, at, length) => {
    if (type === attribute.integrity) found.integrityAt = length === integrityBytes ? at : 0;
    else if (type === attribute.username) found.username = latin.decode(p.subarray(at, at + length));
    else if (type === attribute.controlling) found.role = "controlling";
    else if (type === attribute.controlled) found.role = "controlled";
    else if (!isOptional(type) && !understood.has(type)) found.isStrange = true;
    return type !== attribute.integrity;
  });
  const { username, integrityAt, role, isStrange } = found;
  if (!isWhole || integrityAt === 0 || username === "") return undefined;
  return { fragment: username.split(":", 1)[0] ?? "", integrityAt, role, isStrange };
}

/**
 * Whether a request was made with the password of the user fragment that it names (our fragment, a colon, theirs: RFC 8445
 * section 7.2.2).
 * @param passwordOf the password of a user fragment of ours, if it is one.
 */
export function isAuthenticRequest(
  p: Uint8Array,
  request: BindingRequest,
  passwordOf: (fragment: string) => string | undefined,
): boolean {
  const password = passwordOf(request.fragment);
  return password !== undefined && isAuthentic(p, request.integrityAt, password);
}
