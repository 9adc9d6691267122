/** One cell of a state machine: where it goes and what is done on the way, in order. */
export type Rule<S extends string, A extends string> = { readonly to: S; readonly run: readonly A[] };

/** A whole state machine. An empty cell is an event that the state ignores on purpose. */
export type Table<S extends string, E extends string, A extends string> = {
  readonly [State in S]: { readonly [Event in E]?: Rule<S, A> };
};

/** Looks up one transition; `undefined` means the event is ignored in this state. */
export const step = <S extends string, E extends string, A extends string>(
  table: Table<S, E, A>,
  state: S,
  event: E,
): Rule<S, A> | undefined => table[state][event];
