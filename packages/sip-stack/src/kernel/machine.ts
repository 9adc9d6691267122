import { step, type Table } from "./table.ts";

/** What each action of a table does to the object that runs it; an action without an entry is a compile error. */
export type Actions<Action extends string, Event, Owner> = {
  readonly [A in Action]: (owner: Owner, event: Event) => unknown;
};

/** A table, the state it begins in and what its actions do: made once for all machines of a kind. */
export type Program<State extends string, Event extends { readonly type: string }, Action extends string, Owner> = {
  readonly table: Table<State, Event["type"], Action>;
  readonly initial: State;
  readonly actions: Actions<Action, Event, Owner>;
};

/** Runs a program for its owner: one place changes the state, then the cell's actions run in order with the event. */
export class Machine<State extends string, Event extends { readonly type: string }, Action extends string, Owner> {
  readonly #program: Program<State, Event, Action, Owner>;
  readonly #owner: Owner;
  #state: State;

  constructor(program: Program<State, Event, Action, Owner>, owner: NoInfer<Owner>, initial: State = program.initial) {
    this.#program = program;
    this.#owner = owner;
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  /** Carries out the event's cell; false when the event is ignored in this state. */
  dispatch(event: Event): boolean {
    const { table, actions } = this.#program;
    const rule = step<State, Event["type"], Action>(table, this.#state, event.type as Event["type"]);
    if (rule === undefined) return false;
    this.#state = rule.to;
    for (const action of rule.run) actions[action](this.#owner, event);
    return true;
  }
}
