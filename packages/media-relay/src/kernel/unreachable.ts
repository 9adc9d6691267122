/** Marks what the types exclude; a case forgotten in a `switch` is a compile error here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
