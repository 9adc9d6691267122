/** One cell of a state table: where to go and what to do on the way. */
export type Rule<State extends string, Action extends string> = {
  readonly to: State;
  readonly run: readonly Action[];
};

/** A state machine as data. An absent cell is an event that is ignored in that state on purpose. */
export type Table<State extends string, Event extends string, Action extends string> = {
  readonly [S in State]: { readonly [E in Event]?: Rule<State, Action> };
};

/** Looks up one transition; `undefined`: the event is legal but ignored in this state. */
export function step<State extends string, Event extends string, Action extends string>(
  table: Table<State, Event, Action>,
  state: State,
  event: Event,
): Rule<State, Action> | undefined {
  return table[state][event];
}
