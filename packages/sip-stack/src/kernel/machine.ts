import { step, type Table } from "./table.ts";

/** What each action of a table does; an action without an entry is a compile error. */
export type Actions<Action extends string, Event> = { readonly [A in Action]: (event: Event) => unknown };

/** Runs a state table: one place changes the state, then the cell's actions run in order with the event. */
export class Machine<State extends string, Event extends { readonly type: string }, Action extends string> {
  readonly #table: Table<State, Event["type"], Action>;
  readonly #actions: Actions<Action, Event>;
  #state: State;

  constructor(table: Table<State, Event["type"], Action>, initial: State, actions: Actions<Action, Event>) {
    this.#table = table;
    this.#state = initial;
    this.#actions = actions;
  }

  get state(): State {
    return this.#state;
  }

  /** Carries out the event's cell; false when the event is ignored in this state. */
  dispatch(event: Event): boolean {
    const rule = step<State, Event["type"], Action>(this.#table, this.#state, event.type as Event["type"]);
    if (rule === undefined) return false;
    this.#state = rule.to;
    for (const action of rule.run) this.#actions[action](event);
    return true;
  }
}
