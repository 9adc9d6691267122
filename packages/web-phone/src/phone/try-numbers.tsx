import { isUp, setDialText } from "./actions.ts";
import { useModel } from "./model.ts";
import "./try-numbers.css";

const numbers: readonly (readonly [number: string, does: string])[] = [
  ["+1 202 555 0123", "echoes you"],
  ["+1 500 555 0001", "is busy"],
  ["+1 500 555 0002", "never answers"],
  ["+1 500 555 0003", "does not exist"],
  ["+1 500 555 0004", "network fault"],
];

/** In loopback mode there is no phone network: what the simulated one has to offer. */
export function TryNumbers() {
  const model = useModel();
  const busy = isUp(model.view.value.call);
  return (
    <aside class="try">
      <h2>Simulated network</h2>
      <p>No real calls are made and nothing is charged. Try these numbers:</p>
      <ul>
        {numbers.map(([number, does]) => (
          <li key={number}>
            <button type="button" disabled={busy} onClick={() => setDialText(model, number)}>
              <span class="try-number">{number}</span>
              <span class="try-does">{does}</span>
            </button>
          </li>
        ))}
      </ul>
      <p>
        To be called: <code>npx -y pnpm@10 -s trunkline simulate call</code>
      </p>
    </aside>
  );
}
