import { type Clock, pauseAfter } from "./clock.ts";
import { wordsOf } from "./complaints.ts";
import { entryOf, type JournalEntry } from "./entry.ts";
import { linesOf } from "./lines.ts";

/** The journal's entries in JSON, one a line: those after a cursor, or this boot's. It goes on until `stop`. */
export type OpenJournal = (after: string | undefined, stop: AbortSignal) => AsyncIterable<Uint8Array>;

export type FollowParts = {
  readonly clock: Clock;
  readonly open: OpenJournal;
  /** Takes an entry, and the next one only when this one is done. */
  readonly take: (entry: JournalEntry) => Promise<void>;
  /** Counts a line that cannot be read. */
  readonly lose: () => void;
  readonly complain: (words: string) => void;
};

/** No message of the server comes near it; as bytes in JSON one takes five times its length. */
const longestLine = 4 * 1024 * 1024;

/** Reads the journal until `stop`; a journalctl that ends is started again where it ended. */
export async function followJournal(cursor: string | undefined, parts: FollowParts, stop: AbortSignal): Promise<void> {
  const { clock, open, take, lose, complain } = parts;
  let after = cursor;
  for (let failures = 1; !stop.aborted; failures++) {
    try {
      for await (const line of linesOf(open(after, stop), longestLine)) {
        const entry = line === undefined ? undefined : entryOf(line);
        if (entry === undefined) lose();
        else {
          [after, failures] = [entry.cursor, 0];
          await take(entry);
        }
      }
      throw new Error("it ended");
    } catch (fault) {
      if (stop.aborted) return;
      complain(`The journal cannot be read: ${wordsOf(fault)}`);
    }
    await new Promise<void>((resolve) => void clock.after(pauseAfter(Math.max(1, failures)), resolve));
  }
}
