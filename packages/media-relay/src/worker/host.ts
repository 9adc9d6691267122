import type { RemoteHandshakes } from "../handshake/remote.ts";
import { type CallHandlers, replyTo } from "../kernel/calls.ts";
import { LegUnknown, SessionClosed } from "../kernel/errors.ts";
import type { LegId } from "../leg/leg.ts";
import type { BrowserLeg, Leg, PlainLeg, SessionUser, SpliceEnd } from "../session/api.ts";
import type { LocalRelay } from "../session/relay.ts";
import type { LocalSession } from "../session/session.ts";
import type { Calls, FromWorker, LegEvent, ToWorker } from "./protocol.ts";

/** A session of this worker and the handles of its legs. */
type Hosted = {
  readonly session: LocalSession;
  readonly plain: Map<LegId, PlainLeg>;
  readonly browser: Map<LegId, BrowserLeg>;
  readonly source: Map<LegId, Leg>;
};

/** The worker's side: carries out what the main thread asks with a relay of this thread. */
export class WorkerHost {
  readonly #relay: LocalRelay;
  readonly #handshakes: RemoteHandshakes;
  readonly #post: (message: FromWorker) => void;
  readonly #sessions = new Map<string, Hosted>();
  constructor(relay: LocalRelay, handshakes: RemoteHandshakes, post: (message: FromWorker) => void) {
    this.#relay = relay;
    this.#handshakes = handshakes;
    this.#post = post;
  }

  /** Takes one call; its answer, or the code of its failure, is posted. Never rejects. */
  async take(message: ToWorker): Promise<void> {
    this.#post(await replyTo(message, this.#handlers));
  }

  readonly #handlers: CallHandlers<Calls> = {
    open: async ({ session, listensTo }) => this.#open(session, new Set(listensTo)),
    plainLeg: async ({ session, bind }) => {
      const hosted = this.#hosted(session);
      const leg = await hosted.session.plainLeg(bind === undefined ? {} : { bind });
      hosted.plain.set(leg.id, leg);
      return { leg: leg.id, local: leg.local };
    },
    browserLeg: async ({ session }) => {
      const hosted = this.#hosted(session);
      const leg = await hosted.session.browserLeg();
      hosted.browser.set(leg.id, leg);
      return { leg: leg.id };
    },
    sourceLeg: async ({ session, source }) => {
      const hosted = this.#hosted(session);
      const leg = await hosted.session.sourceLeg(source);
      hosted.source.set(leg.id, leg);
      return { leg: leg.id };
    },
    connect: async ({ session, leg, remote }) => found(this.#hosted(session).plain, leg).connect(remote).then(nothing),
    offer: async ({ session, leg, options }) => found(this.#hosted(session).browser, leg).offer(options),
    accept: async ({ session, leg, sdp }) => found(this.#hosted(session).browser, leg).accept(sdp).then(nothing),
    answer: async ({ session, leg, sdp }) => found(this.#hosted(session).browser, leg).answer(sdp),
    closeLeg: async ({ session, leg }) => this.#closeLeg(this.#sessions.get(session), leg),
    join: async ({ session, a, b }) => this.#hosted(session).session.join(a, b).then(nothing),
    part: async ({ session, leg }) => this.#hosted(session).session.part(leg).then(nothing),
    splice: async ({ a, b }) => this.#relay.splice(this.#end(a), this.#end(b)).then(nothing),
    openLoopback: async ({ session }) => this.#hosted(session).session.loopbacks.open(),
    joinLoopback: async ({ session, leg, end, to }) =>
      this.#hosted(session).session.loopbacks.join(leg, end, to).then(nothing),
    closeLoopback: async ({ session, end }) => this.#sessions.get(session)?.session.loopbacks.close(end).then(nothing),
    press: async ({ session, leg, digit, durationMs }) => this.#hosted(session).session.press(leg, digit, durationMs),
    expectMedia: async ({ session }) => this.#hosted(session).session.expectMedia().then(nothing),
    statistics: async ({ session }) => this.#hosted(session).session.statistics(),
    closeSession: ({ session }) => this.#closeSession(session),
    counters: () => this.#relay.counters(),
    ping: async () => undefined,
    handshakes: async ({ port }) => {
      this.#handshakes.connect(port);
      return undefined;
    },
    closeRelay: () => this.#relay.close().then(nothing),
  };

  /** At once, so that whatever is asked of the session in the same turn finds it. */
  #open(id: string, listensTo: ReadonlySet<string>): undefined {
    const tell = (leg: LegId, event: LegEvent): void => this.#post({ kind: "told", session: id, leg, event });
    const session = this.#relay.openAs(id, {
      ...teller(tell),
      ...(listensTo.has("closed") && { onClosed: (last) => tell(last.leg, { name: "closed", last }) }),
      ...(listensTo.has("statistics") && {
        onStatistics: (legs) => this.#post({ kind: "measured", session: id, legs }),
      }),
    });
    this.#sessions.set(id, { session, plain: new Map(), browser: new Map(), source: new Map() });
  }

  async #closeLeg(hosted: Hosted | undefined, id: LegId): Promise<undefined> {
    for (const legs of hosted === undefined ? [] : [hosted.plain, hosted.browser, hosted.source]) {
      const leg = legs.get(id);
      legs.delete(id);
      await leg?.close();
    }
  }

  async #closeSession(id: string): Promise<undefined> {
    const hosted = this.#sessions.get(id);
    this.#sessions.delete(id);
    await hosted?.session.close();
  }

  #end({ session, leg }: { readonly session: string; readonly leg: LegId }): SpliceEnd {
    return { session: this.#hosted(session).session, leg };
  }

  #hosted(id: string): Hosted {
    const hosted = this.#sessions.get(id);
    if (hosted === undefined) throw new SessionClosed(`session ${id} is closed`);
    return hosted;
  }
}

const nothing = (): undefined => undefined;

function found<L>(legs: ReadonlyMap<LegId, L>, id: LegId): L {
  const leg = legs.get(id);
  if (leg === undefined) throw new LegUnknown(`no leg ${id}`);
  return leg;
}

const teller = (tell: (leg: LegId, event: LegEvent) => void): SessionUser => ({
  onConnected: (leg) => tell(leg, { name: "connected" }),
  onInterrupted: (leg) => tell(leg, { name: "interrupted" }),
  onFailed: (leg, why) => tell(leg, { name: "failed", why }),
  onSilence: (leg, silent) => tell(leg, { name: "silence", silent }),
  onSilenceLimit: (leg, silent) => tell(leg, { name: "silence-limit", silent }),
  onDigit: (leg, digit, durationMs) => tell(leg, { name: "digit", digit, durationMs }),
  onPlayed: (leg) => tell(leg, { name: "played" }),
  onHeard: (leg) => tell(leg, { name: "heard" }),
});
