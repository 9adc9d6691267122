import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { systemClock } from "./ship/clock.ts";
import { complaints, wordsOf } from "./ship/complaints.ts";
import { openJournal } from "./ship/journalctl.ts";
import { systemMachine } from "./ship/machine.ts";
import { settingsFrom } from "./ship/settings.ts";
import { ship } from "./ship/ship.ts";

/** `node ship.mjs`: what trunkline-ship.service runs. It ends with SIGTERM. */
const read = settingsFrom(process.env);
if ("missing" in read) {
  console.error(`Not set: ${read.missing.join(", ")}.`);
  process.exit(2);
}
const complain = complaints(systemClock, console.error);
// The SDK leaves some of its own faults to nobody; what they mean for a request comes with that.
process.on("unhandledRejection", (fault) => complain(wordsOf(fault)));
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => stop.abort());
await ship(
  {
    settings: read.settings,
    clock: systemClock,
    fetch,
    machine: systemMachine,
    // Attempts are counted, and waited for, in one place.
    client: new CloudWatchLogsClient({ maxAttempts: 1 }),
    openJournal,
    bounds: { lines: 20_000, bytes: 16 * 1024 * 1024 },
    complain,
  },
  stop.signal,
);
process.exit(0);
