import type { Binding, Bindings } from "./bindings.ts";
import { memoryBindings } from "./memory.ts";

/**
 * Bindings in memory whose every change is told: a disk that fails stops no phone from registering.
 * @param initial what there is to begin with
 * @param onChange gets all of them
 */
export function mirroredBindings(initial: readonly Binding[], onChange: (all: readonly Binding[]) => void): Bindings {
  const memory = memoryBindings(initial);
  const tell = async (): Promise<void> => onChange(await memory.all(0));
  return {
    ...memory,
    put: (binding) => memory.put(binding).then(tell),
    remove: (binding) => memory.remove(binding).then(tell),
    removeFlow: (node, flow) => memory.removeFlow(node, flow).then(tell),
  };
}
