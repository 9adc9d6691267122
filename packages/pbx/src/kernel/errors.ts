/** Every code of this package's errors, with what it means: the source of docs/errors.md. */
export const pbxErrors = {
  CONFIG_FAULTY: "The configuration cannot be used; every fault is listed with its line and key.",
  CONFIG_EXISTS: "There is a file where a new configuration would be written.",
  CONFIG_UNREADABLE: "The configuration file could not be read.",
  PUBLIC_ADDRESS_UNKNOWN: "The instance's metadata service does not tell its public address.",
  BIND_FAILED: "An address and port of the configuration could not be bound.",
  ADMIN_UNREACHABLE: "No server answers on the admin socket.",
  ADMIN_REFUSED: "The server refused the command; the message says why.",
  STORAGE_UNUSABLE: "The database file cannot be used; the message says what is wrong with it.",
  PAGES_MISSING: "The phone's pages are not built.",
  INTERFACE_MISSING: "There is no network interface whose address a browser could be offered.",
} as const;

export type PbxErrorCode = keyof typeof pbxErrors;

/** A failure of ours that a person is told about. Nobody matches on `message`: `code` is stable. */
export class PbxError extends Error {
  readonly code: PbxErrorCode;

  constructor(code: PbxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PbxError";
    this.code = code;
  }
}

/** The text of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
