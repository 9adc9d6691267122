/** An entry of systemd's journal. */
export type JournalEntry = { readonly cursor: string; readonly atMs: number; readonly message: string };

/**
 * Reads a line of `journalctl --output=json`. Numbers are texts there; what is not UTF-8 is an array of bytes; a field that
 * is there several times is an array of those.
 */
export function entryOf(line: string): JournalEntry | undefined {
  const fields = fieldsOf(line);
  const { __CURSOR: cursor, __REALTIME_TIMESTAMP: microseconds, MESSAGE: message } = fields;
  const atMs = Math.floor(Number(microseconds) / 1000);
  if (!isCursor(cursor) || !Number.isSafeInteger(atMs)) return undefined;
  return { cursor, atMs, message: textOf(message) };
}

/** Whether a text looks like a place in the journal: what does not makes journalctl end. */
export const isCursor = (value: unknown): value is string =>
  typeof value === "string" && value.length < 500 && /^[a-z]=[0-9a-f]+(;[a-z]=[0-9a-f]+)*$/.test(value);

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  if (value.every((one) => typeof one === "number")) return Buffer.from(value).toString("utf8");
  return value.map(textOf).join("\n");
}
