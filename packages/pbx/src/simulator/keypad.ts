const rows = ["123A", "456B", "789C", "*0#D"];
const rowHertz = [697, 770, 852, 941];
const columnHertz = [1209, 1336, 1477, 1633];

/** The two tones of a key, ITU-T Q.23; none for what is no key. */
export function keyHertz(key: string): readonly number[] {
  const row = rows.findIndex((keys) => key.length === 1 && keys.includes(key));
  if (row === -1) return [];
  return [rowHertz[row]!, columnHertz[rows[row]!.indexOf(key)]!];
}
