const newline = 10;

/**
 * The lines of a stream of bytes; one of more than `mostBytes` is never held, and comes as `undefined`. What follows the
 * last newline is not a line.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<string | undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  const add = (part: Uint8Array): void => {
    length += part.length;
    if (length > mostBytes) parts = [];
    else parts.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at));
      yield length > mostBytes ? undefined : Buffer.concat(parts).toString("utf8");
      [parts, length, from] = [[], 0, at + 1];
    }
    add(chunk.subarray(from));
  }
}
