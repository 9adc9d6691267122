import type { Sleep } from "../handlers/retry-policy.ts";
import type { Clients } from "./clients.ts";

/** How a command ends: 0 done, 1 failed or stopped, 2 wrong use or faulty settings. */
export type ExitStatus = 0 | 1 | 2;

/** How another program ended, and what it wrote to both outputs where it was not shown. */
export type Ran = { readonly status: number; readonly output: string };

export type RunOptions = {
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its outputs are this program's own. */
  readonly isShown: boolean;
};

/** What `launch` and `destroy` are given of the world. */
export type Parts = {
  readonly tell: (text: string) => void;
  /** What went wrong, or must not be missed. */
  readonly warn: (text: string) => void;
  /** Asks the person; `undefined` where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly sleep: Sleep;
  readonly clients: (region: string) => Clients;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The context that `cdk.json` has, by key. */
  readonly written: Readonly<Record<string, unknown>>;
};

/** What `launch` needs besides. */
export type LaunchParts = Parts & {
  /** Runs a program in the package's folder. */
  readonly run: (command: string, args: readonly string[], options: RunOptions) => Promise<Ran>;
  /** Builds what the host runs: its artefact, and the server's module, which runs here too. */
  readonly build: () => Promise<{ readonly file: string; readonly server: string }>;
  /** Where the template goes. */
  readonly out: string;
};
