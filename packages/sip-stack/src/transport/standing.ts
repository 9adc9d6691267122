import type { Address } from "./address.ts";

/**
 * How well a source is known, which decides about the room it shares. `trusted`: it has room of its own, such as a
 * trunk. `known`: it has proved who it is, or is known by its address. `unknown`: it may speak, and has proved nothing.
 */
export type Standing = "trusted" | "known" | "unknown";

/** Says how well the source of a connection or message is known, by its address alone. */
export type StandingOf<Source = Address> = (source: Source) => Standing;
