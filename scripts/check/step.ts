/** One step of `check`. */
export type Step = {
  readonly name: string;
  /** @returns what is wrong, in words for a person; undefined when nothing is. */
  run(root: string): Promise<string | undefined>;
};
