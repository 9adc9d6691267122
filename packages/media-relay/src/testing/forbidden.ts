import { integrityBytes, integrityOf } from "../stun/integrity.ts";
import { attribute, magicCookie, messageType, stunHeaderBytes, transactionOf, viewOf } from "../stun/message.ts";

/** Writes an error response to a STUN request, by default 403 (Forbidden), protected with that password. */
export function writeForbidden(request: Uint8Array, password: string, code = 403): Uint8Array {
  const p = new Uint8Array(stunHeaderBytes + 8 + 4 + integrityBytes);
  const view = viewOf(p);
  view.setUint16(0, messageType.failure);
  view.setUint16(2, p.length - stunHeaderBytes);
  view.setUint32(4, magicCookie);
  p.set(transactionOf(request), 8);
  p.set([0, attribute.errorCode, 0, 4, 0, 0, Math.floor(code / 100), code % 100], stunHeaderBytes);
  p.set([0, attribute.integrity, 0, integrityBytes], stunHeaderBytes + 8);
  p.set(integrityOf(p, stunHeaderBytes + 12, password), stunHeaderBytes + 12);
  return p;
}
