import type { World } from "./world.ts";

/** One story on the simulated network: what happens, and what must hold at its end when no datagram was lost. */
export type Scenario = { readonly name: string; play(world: World): Promise<void>; check?(world: World): void };
