import { refusalOfOffer, type TurnEvent, type TurnState, turnTable } from "../dialog/turn.ts";
import { Machine } from "../kernel/machine.ts";

/** Keeps one dialog's offers apart: runs `turnTable`. */
export class Turn {
  readonly #machine: Machine<TurnState, { readonly type: TurnEvent }, never>;

  constructor(initial: TurnState) {
    this.#machine = new Machine<TurnState, { readonly type: TurnEvent }, never>(turnTable, initial, {});
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
