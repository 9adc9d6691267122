import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";

function box() {
  const sent: unknown[] = [];
  const ends: (() => void)[] = [];
  const outbox = new Outbox<string>(
    (messages, transfer) => sent.push([messages, transfer]),
    (task) => ends.push(task),
  );
  return { outbox, sent, endTurn: () => ends.splice(0).forEach((task) => void task()) };
}

test("what is said in one turn goes as one message, in order, with all that is transferred", () => {
  const { outbox, sent, endTurn } = box();
  const [one, other] = [new ArrayBuffer(1), new ArrayBuffer(2)];
  outbox.add("a", [one]);
  outbox.add("b");
  outbox.add("c", [other]);
  expect(sent).toEqual([]);
  endTurn();
  expect(sent).toEqual([
    [
      ["a", "b", "c"],
      [one, other],
    ],
  ]);
});

test("the next turn has a message of its own; nothing is said twice", () => {
  const { outbox, sent, endTurn } = box();
  outbox.add("a");
  outbox.flush();
  endTurn();
  outbox.add("b");
  endTurn();
  expect(sent).toEqual([
    [["a"], []],
    [["b"], []],
  ]);
});
