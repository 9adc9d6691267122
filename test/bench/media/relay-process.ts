import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../../scripts/command.ts";
import type { AnswerOf, AskOf, FromRelay, Op } from "./requests.ts";

const entries = { bare: "bare-relay.ts", ours: "measured-relay.ts" } as const;
export type RelayKind = keyof typeof entries;

type Waiting = { resolve(answer: AnswerOf<Op>): void; reject(cause: Error): void };

/** A relay in a process of its own, held to some processors. It ends with this process. */
export class RelayProcess {
  readonly kind: RelayKind;
  /** The first three bytes of its address, which ends in 1; its peers have the others. */
  readonly network: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  private constructor(kind: RelayKind, network: string, child: ChildProcess) {
    this.kind = kind;
    this.network = network;
    this.#child = child;
    child.on("message", (message: FromRelay) => this.#take(message));
    child.once("exit", (status) => this.#onExit(new Error(`the ${kind} relay ended with ${status}`)));
  }

  /** Starts one. @param cpus as taskset takes them: `0`, `0,1`. */
  static async start(kind: RelayKind, network: string, cpus: string): Promise<RelayProcess> {
    const profile =
      process.env.TRUNKLINE_CPU_PROFILE === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir=.cache/profiles"];
    const entry = join(import.meta.dirname, entries[kind]);
    const child = spawn("taskset", ["-c", cpus, process.execPath, ...profile, entry, `${network}.1`], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const started = new RelayProcess(kind, network, child);
    await once(child, "message");
    return started;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Rejects with what the relay's own method rejected with, as text. */
  ask<O extends Op>(op: O, ask: AskOf<O>): Promise<AnswerOf<O>> {
    this.#asked += 1;
    const number = this.#asked;
    return new Promise<AnswerOf<O>>((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as Waiting["resolve"], reject });
      this.#child.send({ number, op, ask });
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  #take({ number, answer, failure }: FromRelay): void {
    if (number === undefined) return;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (failure === undefined) waiting?.resolve(answer as AnswerOf<Op>);
    else waiting?.reject(new Error(failure));
  }

  #onExit(cause: Error): void {
    for (const { reject } of this.#waiting.values()) reject(cause);
    this.#waiting.clear();
  }
}
