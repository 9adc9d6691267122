/** Ends a `switch` that handles every case: adding a case without handling it is a compile error. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
