import { createHash } from "node:crypto";
import type { Parsed, RegisterRequest } from "@trunkline/sip-stack";

/** The longest Contact URI that a binding keeps; it is also what the phone is called with. */
const maxContact = 1024;
/** Longer names are kept as a digest: they are only ever compared. */
const maxName = 128;

/** A registration as it may be kept: its parts are bounded. Fails when a Contact is too long. */
export function bounded(register: RegisterRequest): Parsed<RegisterRequest> {
  const callId = nameOf(register.callId);
  if (register.contacts === "all-removed") return { ok: true, value: { ...register, callId } };
  if (register.contacts.some(({ uri }) => uri.length > maxContact))
    return { ok: false, at: 0, why: `a Contact is longer than ${maxContact} characters` };
  const contacts = register.contacts.map((contact) => ({
    ...contact,
    ...(contact.instance !== undefined && { instance: nameOf(contact.instance) }),
  }));
  return { ok: true, value: { ...register, callId, contacts } };
}

const nameOf = (text: string): string =>
  text.length <= maxName ? text : createHash("sha256").update(text).digest("hex");
