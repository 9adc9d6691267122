/** How a command ends: 0 done, 1 failed at run time, 2 wrong use or faulty configuration. */
export type ExitStatus = 0 | 1 | 2;

/** Ends a command that has printed all its words, with another status than 0. */
export class CommandEnded extends Error {
  readonly status: ExitStatus;

  constructor(status: ExitStatus) {
    super(`ended with status ${status}`);
    this.name = "CommandEnded";
    this.status = status;
  }
}
