/** One cell of a state table: where to go and what to do on the way. */
export type Rule<S extends string, A extends string> = { readonly to: S; readonly run: readonly A[] };

/** A state machine as data. An empty cell is an event that the state ignores on purpose. */
export type Table<S extends string, E extends string, A extends string> = {
  readonly [State in S]: { readonly [Event in E]?: Rule<S, A> };
};

/** Looks up one transition; `undefined` means that the event is ignored in this state. */
export function step<S extends string, E extends string, A extends string>(
  table: Table<S, E, A>,
  state: S,
  event: E,
): Rule<S, A> | undefined {
  return table[state][event];
}
