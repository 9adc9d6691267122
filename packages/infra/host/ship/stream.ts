import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogLine } from "./batch.ts";

/** Where lines go. */
export type Destination = { readonly group: string; readonly stream: string };

/** One stream of CloudWatch Logs. */
export class LogStream {
  readonly #client: CloudWatchLogsClient;
  readonly #names: { readonly logGroupName: string; readonly logStreamName: string };

  constructor(client: CloudWatchLogsClient, { group, stream }: Destination) {
    this.#client = client;
    this.#names = { logGroupName: group, logStreamName: stream };
  }

  /**
   * Writes lines, and makes the stream when it is not there.
   * @returns how many of them CloudWatch Logs will never take, for they are too old or of the future
   */
  async put(lines: readonly LogLine[], signal: AbortSignal): Promise<number> {
    try {
      return await this.#put(lines, signal);
    } catch (fault) {
      if (nameOf(fault) !== "ResourceNotFoundException") throw fault;
    }
    await this.#create(signal);
    return this.#put(lines, signal);
  }

  async #put(lines: readonly LogLine[], abortSignal: AbortSignal): Promise<number> {
    const logEvents = lines.map(({ atMs, message }) => ({ timestamp: atMs, message }));
    const command = new PutLogEventsCommand({ ...this.#names, logEvents });
    const { rejectedLogEventsInfo: rejected } = await this.#client.send(command, { abortSignal });
    // The end of what is too old is exclusive, the start of what is too new inclusive.
    const tooOld = Math.max(rejected?.tooOldLogEventEndIndex ?? 0, rejected?.expiredLogEventEndIndex ?? 0);
    return tooOld + lines.length - (rejected?.tooNewLogEventStartIndex ?? lines.length);
  }

  async #create(abortSignal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(new CreateLogStreamCommand(this.#names), { abortSignal });
    } catch (fault) {
      if (nameOf(fault) !== "ResourceAlreadyExistsException") throw fault;
    }
  }
}

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : "");

const hopeless = new Set(["InvalidParameterException", "SerializationException", "ValidationException"]);

/** Whether a batch would be refused again, however often it is sent. */
export const isHopeless = (fault: unknown): boolean => hopeless.has(nameOf(fault));
