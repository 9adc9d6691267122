/** Where a command's words go. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

export const systemTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
};
