import { attribute, visitAttributes } from "./message.ts";

/** The error codes that mean something here, RFC 8489 section 14.8 and RFC 7675 section 5.2. */
export const errorCode = { forbidden: 403 } as const;

/** The code of an error response; `undefined` when it has none. What follows MESSAGE-INTEGRITY is ignored. */
export function errorCodeOf(p: Uint8Array): number | undefined {
  let code: number | undefined;
  visitAttributes(p, (type, at, length) => {
    if (type === attribute.errorCode && length >= 4) code = (p[at + 2]! & 0x07) * 100 + p[at + 3]!;
    return code === undefined && type !== attribute.integrity;
  });
  return code;
}
