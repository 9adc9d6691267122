import { useEffect, useRef, useState } from "preact/hooks";
import type { Parsed } from "../kernel/parsed.ts";

/** Something that a person has asked the server for: whether it is under way, and why it could not be done. */
export type PageRequest = {
  readonly busy: boolean;
  readonly problem: string | undefined;
  /** Does it, unless something is under way; `then` hears what came of it, unless what asked is gone by then. */
  run<T>(task: () => Promise<Parsed<T>>, then: (value: T) => void): void;
};

/** One request at a time, for a component. */
export function useRequest(initialProblem?: string): PageRequest {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(initialProblem);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const run = async <T>(task: () => Promise<Parsed<T>>, then: (value: T) => void): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    const done = await task();
    if (!isThere.current) return;
    setBusy(false);
    if (done.ok) then(done.value);
    else setProblem(done.why);
  };
  return { busy, problem, run: (task, then) => void run(task, then) };
}
