/** A line as it goes to CloudWatch Logs. */
export type LogLine = {
  readonly atMs: number;
  readonly message: string;
  /** What it counts: its UTF-8 and what CloudWatch Logs adds to each line. */
  readonly bytes: number;
  /** Its place in the journal; what we wrote ourselves has none. */
  readonly cursor?: string;
};

/** What one request carries. */
export type Batch = {
  /** In order of time. */
  readonly lines: readonly LogLine[];
  /** Of the line of the journal that was read last. */
  readonly cursor: string | undefined;
};

const extraBytes = 26;

/** What PutLogEvents takes at once; a line may have 1 MB today, older documents say 256 KiB. */
export const limits = {
  batchBytes: 1_048_576,
  batchLines: 10_000,
  batchSpanMs: 24 * 60 * 60 * 1000,
  lineBytes: 256 * 1024,
} as const;

const roomForNote = 64;

/** A line of the journal or of our own; one that is too long is cut, and says by how much. */
export function lineOf(atMs: number, message: string, cursor?: string): LogLine {
  const text = shortened(message.isWellFormed() ? message : message.toWellFormed());
  const line = { atMs, message: text, bytes: Buffer.byteLength(text) + extraBytes };
  return cursor === undefined ? line : { ...line, cursor };
}

function shortened(message: string): string {
  const most = limits.lineBytes - extraBytes;
  if (Buffer.byteLength(message) <= most) return message;
  const bytes = Buffer.from(message);
  let end = most - roomForNote;
  while (isInsideCharacter(bytes[end])) end--;
  return `${bytes.toString("utf8", 0, end)} [${bytes.length - end} bytes were cut off here]`;
}

const isInsideCharacter = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many of the lines, from the first, one request can carry. */
export function fittingIn(lines: readonly LogLine[]): number {
  let [bytes, earliest, latest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [at, line] of lines.entries()) {
    bytes += line.bytes;
    earliest = Math.min(earliest, line.atMs);
    latest = Math.max(latest, line.atMs);
    const isOver = bytes > limits.batchBytes || latest - earliest >= limits.batchSpanMs;
    if (at === limits.batchLines || isOver) return at;
  }
  return lines.length;
}

/** Puts lines in order of time; those of the same time stay as they came. */
export function batchOf(lines: readonly LogLine[]): Batch {
  const cursor = lines.findLast((line) => line.cursor !== undefined)?.cursor;
  return { lines: lines.toSorted((a, b) => a.atMs - b.atMs), cursor };
}
