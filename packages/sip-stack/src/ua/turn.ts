import { refusalOfOffer, type TurnEvent, type TurnState, turnTable } from "../dialog/turn.ts";
import { Machine, type Program } from "../kernel/machine.ts";

/** Keeps one dialog's offers apart: runs `turnTable`. */
export class Turn {
  static readonly #program: Program<TurnState, { readonly type: TurnEvent }, never, undefined> = {
    table: turnTable,
    initial: "settled",
    actions: {},
  };

  readonly #machine: Machine<TurnState, { readonly type: TurnEvent }, never, undefined>;

  constructor(initial: TurnState) {
    this.#machine = new Machine(Turn.#program, undefined, initial);
  }

  /** True when the event is allowed now. */
  take(type: TurnEvent): boolean {
    return this.#machine.dispatch({ type });
  }

  /** The status that an offer of the peer's is refused with now. */
  get refusal(): 491 | 500 | undefined {
    return refusalOfOffer(this.#machine.state);
  }
}
