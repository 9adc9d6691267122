import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { Backlog, type Bounds } from "./backlog.ts";
import { lineOf } from "./batch.ts";
import type { Clock } from "./clock.ts";
import { wordsOf } from "./complaints.ts";
import { CursorFile } from "./cursor.ts";
import type { JournalEntry } from "./entry.ts";
import { followJournal, type OpenJournal } from "./journal.ts";
import type { Machine } from "./machine.ts";
import { Report } from "./report.ts";
import type { Fetch } from "./scrape.ts";
import { Sender } from "./sender.ts";
import type { Settings } from "./settings.ts";
import { LogStream } from "./stream.ts";

export type ShipParts = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly machine: Machine;
  readonly client: CloudWatchLogsClient;
  readonly openJournal: OpenJournal;
  readonly bounds: Bounds;
  /** Says what is wrong with this program itself. */
  readonly complain: (words: string) => void;
};

const reportEveryMs = 60_000;

/** Sends the server's journal and each minute's figures to CloudWatch until `stop`, then what is still there. */
export async function ship(parts: ShipParts, stop: AbortSignal): Promise<void> {
  const { settings, clock, client, bounds, complain } = parts;
  const place = new CursorFile(settings.state);
  const backlog = new Backlog(bounds);
  const keep = (cursor: string): Promise<void> =>
    place.write(cursor).catch((fault) => complain(`The place in the journal cannot be kept: ${wordsOf(fault)}`));
  const sender = new Sender({ backlog, clock, stream: new LogStream(client, settings), keep, complain });

  // The journal keeps what does not fit here, but not for ever: where nothing arrives for long the oldest lines go.
  const take = async ({ atMs, message, cursor }: JournalEntry): Promise<void> => {
    if (message === "") return;
    await backlog.until(() => backlog.hasRoom || sender.isStuck || stop.aborted);
    backlog.push(lineOf(atMs, message, cursor));
  };
  const lose = (): void => backlog.lose(1);
  void followJournal(await place.read(), { clock, open: parts.openJournal, take, lose, complain }, stop);

  const stopReports = reportEachMinute(parts, backlog);
  const onStop = (): void => {
    stopReports();
    sender.stop();
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  await sender.run();
}

function reportEachMinute({ settings, clock, fetch, machine, complain }: ShipParts, backlog: Backlog): () => void {
  const { stack, data } = settings;
  const report = new Report({ clock, fetch, machine, stack, data, lost: () => backlog.lost });
  const write = (): Promise<void> =>
    report.line().then(
      (line) => backlog.push(lineOf(clock.nowMs(), line)),
      (fault) => complain(`The figures cannot be had: ${wordsOf(fault)}`),
    );
  let cancel: () => void;
  const next = (): void => {
    cancel = clock.after(reportEveryMs, () => {
      next();
      void write();
    });
  };
  next();
  return () => cancel();
}
