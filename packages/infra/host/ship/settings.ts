/** What the host's environment says. */
export type Settings = {
  readonly group: string;
  readonly stream: string;
  readonly stack: string;
  /** Where the server's data are. */
  readonly data: string;
  /** Where the place in the journal is kept. */
  readonly state: string;
};

const required = ["TRUNKLINE_LOG_GROUP", "TRUNKLINE_LOG_STREAM", "TRUNKLINE_STACK", "AWS_REGION", "STATE_DIRECTORY"];

/** Reads the settings, all faults together. `AWS_REGION` is the SDK's own, `STATE_DIRECTORY` systemd's. */
export function settingsFrom(
  environment: Readonly<Record<string, string | undefined>>,
): { readonly settings: Settings } | { readonly missing: readonly string[] } {
  const missing = required.filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) return { missing };
  const text = (name: string): string => environment[name] ?? "";
  return {
    settings: {
      group: text("TRUNKLINE_LOG_GROUP"),
      stream: text("TRUNKLINE_LOG_STREAM"),
      stack: text("TRUNKLINE_STACK"),
      data: text("TRUNKLINE_DATA") || "/var/lib/trunkline",
      state: text("STATE_DIRECTORY"),
    },
  };
}
