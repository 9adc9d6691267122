import type { World } from "./world.ts";

/** One story on the simulated network: what happens, and what everyone must have noticed at the end. */
export type Scenario = {
  readonly name: string;
  /** Whether the Voice Connector is there at all. */
  readonly connected?: boolean;
  /** The addresses that the trunk's name has; default: the Voice Connector's first. */
  readonly addresses?: readonly string[];
  /** The code of the call's end in its record; absent where the moment decides. */
  readonly ending?: string;
  /** How many calls leave a record; default: one. */
  readonly calls?: number;
  /** The codes of all records, newest first, where they differ. */
  readonly endings?: readonly string[];
  /** How many legs the server has ports for, where it is short of them. */
  readonly room?: number;
  /** The configuration file, where it is not the usual one. */
  readonly config?: string;
  play(world: World): Promise<void>;
  /** What must hold beyond the ending when no datagram was lost. */
  check?(world: World): void;
};
