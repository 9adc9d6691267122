/** What SIPp counted over a whole run. */
export type SippStatistics = {
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
};

const columns = {
  created: "TotalCallCreated",
  successful: "SuccessfulCall(C)",
  failed: "FailedCall(C)",
  retransmissions: "Retransmissions(C)",
} as const satisfies Record<keyof SippStatistics, string>;

/** Reads the last line of SIPp's statistics file (`-trace_stat`): columns parted by semicolons, their names in the first line. */
export function readStatistics(text: string): SippStatistics {
  const lines = text.trim().split("\n");
  const names = (lines[0] ?? "").split(";");
  const values = (lines.at(-1) ?? "").split(";");
  const read = (column: string): number => {
    const value = values[names.indexOf(column)];
    if (value === undefined || !/^\d+$/.test(value)) throw new Error(`SIPp's statistics have no column ${column}`);
    return Number(value);
  };
  return {
    created: read(columns.created),
    successful: read(columns.successful),
    failed: read(columns.failed),
    retransmissions: read(columns.retransmissions),
  };
}
