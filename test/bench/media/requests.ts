/** An IP address in text and a port. */
export type Address = { readonly address: string; readonly port: number };

/** What a relay that is measured can be asked, over its process's channel. The measured one and the bare one know the same. */
export type Requests = {
  /** Relays between two peers; the answer says where each of them sends to. */
  plainCall: { ask: { readonly a: Address; readonly b: Address }; answer: PlainCall };
  /** Relays between a browser and a peer. */
  browserCall: { ask: { readonly offer: string; readonly b: Address }; answer: BrowserCall };
  /** Resolves when the browser of a call is connected. */
  connected: { ask: { readonly call: string }; answer: null };
  /** Closes one call, or all. */
  close: { ask: { readonly call?: string }; answer: null };
  usage: { ask: null; answer: Usage };
};

export type PlainCall = { readonly call: string; readonly a: Address; readonly b: Address };
export type BrowserCall = { readonly call: string; readonly answer: string; readonly b: Address };
/** `refused`: packets by the reason for which they were not passed on. */
export type Usage = {
  /** CPU of all threads so far, user and system. */
  readonly cpuMs: number;
  readonly residentKb: number;
  readonly refused: Readonly<Record<string, number>>;
};

export type Op = keyof Requests;
export type AskOf<O extends Op> = Requests[O]["ask"];
export type AnswerOf<O extends Op> = Requests[O]["answer"];

export type ToRelay = { readonly [O in Op]: { readonly number: number; readonly op: O; readonly ask: AskOf<O> } }[Op];
/** The first message has no number: the relay is ready. */
export type FromRelay = { readonly number?: number; readonly answer?: AnswerOf<Op>; readonly failure?: string };

export type Handlers = { readonly [O in Op]: (ask: AskOf<O>) => Promise<AnswerOf<O>> };

/** Answers what the parent process asks until it goes away, then runs `close`. */
export function serve(handlers: Handlers, close: () => Promise<void>): void {
  const post = (message: FromRelay): void => void (process.connected && process.send?.(message));
  const carryOut = <O extends Op>(op: O, ask: AskOf<O>): Promise<AnswerOf<O>> => handlers[op](ask);
  process.on("message", ({ number, op, ask }: ToRelay) => {
    carryOut(op, ask).then(
      (answer) => post({ number, answer }),
      (cause: unknown) => post({ number, failure: String(cause) }),
    );
  });
  process.once("disconnect", () => void close());
  post({});
}

/** CPU and memory of this process, all of its threads. */
export function ownUsage(): Pick<Usage, "cpuMs" | "residentKb"> {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, residentKb: Math.round(process.memoryUsage.rss() / 1024) };
}
