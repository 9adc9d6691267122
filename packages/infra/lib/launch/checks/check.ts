import type { Clients } from "../clients.ts";
import type { LaunchCommand } from "../launch-command.ts";
import type { Outputs } from "../stack.ts";

/** What a check knows of the account. */
export type Surroundings = {
  readonly clients: Clients;
  readonly command: LaunchCommand;
  /** The account's twelve digits. */
  readonly account: string;
  /** Whether there is no stack yet; false also where that could not be found out. */
  readonly isNew: boolean;
  /** What the stack that is there says of itself. */
  readonly outputs: Outputs;
};

/** Looks for one kind of obstacle. It changes nothing. */
export type Check = {
  /** What is looked at, for the sentence that it could not be. */
  readonly what: string;
  /** @returns each obstacle in words, with what to do about it */
  readonly find: (surroundings: Surroundings) => Promise<readonly string[]>;
};
