import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Phone, PhoneView } from "../core/phone.ts";
import type { Session } from "../core/session.ts";
import type { PhoneSounds } from "../core/sounds.ts";
import type { Clock } from "../kernel/clock.ts";

/**
 * What the parts of the page share. `dialText` and `dialProblem` belong to the dial field; `audible` is
 * whether the browser lets this page make sound, which needs a first click or key; `showsAccount` is whether the
 * person looks at what lets her in, `signedOut` whether that was taken from this page.
 */
export type PhoneModel = {
  readonly session: Session;
  readonly phone: Phone;
  readonly sounds: PhoneSounds;
  readonly clock: Clock;
  readonly view: ReadonlySignal<PhoneView>;
  readonly dialText: Signal<string>;
  readonly dialProblem: Signal<string | undefined>;
  readonly audible: Signal<boolean>;
  readonly showsAccount: Signal<boolean>;
  readonly signedOut: Signal<boolean>;
  readonly remember: (online: boolean) => void;
};

/** The longest text that the dial field takes. */
export const longestDialText = 60;

/** Makes the model of one session around a phone that reports into `view`. */
export function makeModel(
  parts: Pick<PhoneModel, "session" | "phone" | "sounds" | "clock" | "remember" | "signedOut">,
  view: Signal<PhoneView>,
): PhoneModel {
  return {
    ...parts,
    view,
    dialText: signal(""),
    dialProblem: signal(undefined),
    audible: signal(false),
    showsAccount: signal(false),
  };
}

const Model = createContext<PhoneModel | undefined>(undefined);
export const ModelProvider = Model.Provider;

/** The model of the page around a component. */
export function useModel(): PhoneModel {
  const model = useContext(Model);
  if (model === undefined) throw new Error("a phone component outside of its page");
  return model;
}
