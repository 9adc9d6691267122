import { type Address, addressText, type Clock, networkOf } from "@trunkline/sip-stack";

const limits = {
  /** Wrong passwords for one user from one source. */
  perUser: 10,
  /** Wrong passwords for all users from one source. */
  perSource: 100,
  withinMs: 600_000,
  sources: 10_000,
  proven: 10_000,
  regulars: 10_000,
};

/** Wrong passwords since the first of them. */
type Tally = { readonly sinceMs: number; wrong: number };
type Source = { readonly all: Tally; readonly users: Map<string, Tally> };

/** All sources that there is no room to count one by one. */
const overflow = "other sources";

/**
 * Counts wrong passwords, so that nobody tries a dictionary: by user and source, and with a higher limit by source alone.
 * A source is an IPv4 address or an IPv6 /64. A phone that has proved itself is not blocked by what others behind its
 * NAT send. After a restart it has another port: wrong passwords for its user still count, those for others do not. Bounded: new sources share one count while there are too many, and no count is dropped for another's.
 */
export class Guesses {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();
  /** Users with the places that have sent the right password, the latest last. */
  readonly #proven = new Set<string>();
  /** Users with the sources that have sent the right password from any port, the latest last. */
  readonly #regulars = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many seconds a user's password is not accepted from an address; 0: it is. */
  waitSeconds(user: string, from: Address): number {
    if (this.#proven.has(placeOf(user, from))) return 0;
    const source = this.#sources.get(this.#keyOf(from));
    if (source === undefined) return 0;
    const tally = source.users.get(nameOf(user));
    const ofUser = tally ? this.#wait(tally, limits.perUser) : 0;
    if (this.#regulars.has(regularOf(user, from))) return ofUser;
    return Math.max(this.#wait(source.all, limits.perSource), ofUser);
  }

  /** A wrong password has come. */
  wrong(user: string, from: Address): void {
    this.#proven.delete(placeOf(user, from));
    const source = this.#sourceOf(this.#keyOf(from));
    const name = nameOf(user);
    const tally = this.#alive(source.users.get(name)) ?? this.#newTally();
    source.users.set(name, tally);
    source.all.wrong += 1;
    tally.wrong += 1;
  }

  /** The right password has come: a person has mistyped it before. Guesses for other users stay counted. */
  right(user: string, from: Address): void {
    this.#sources.get(this.#keyOf(from))?.users.delete(nameOf(user));
    remember(this.#proven, placeOf(user, from), limits.proven);
    remember(this.#regulars, regularOf(user, from), limits.regulars);
  }

  #keyOf({ address }: Address): string {
    const key = networkOf(address);
    if (this.#sources.has(key) || this.#sources.size < limits.sources) return key;
    this.#forgetOld();
    return this.#sources.size < limits.sources ? key : overflow;
  }

  #sourceOf(key: string): Source {
    const known = this.#sources.get(key);
    if (known !== undefined && this.#alive(known.all) !== undefined) return known;
    const source = { all: this.#newTally(), users: new Map() };
    // The oldest come first, so that forgetting them looks at no others.
    this.#sources.delete(key);
    this.#sources.set(key, source);
    return source;
  }

  #forgetOld(): void {
    for (const [key, { all }] of this.#sources) {
      if (this.#alive(all) !== undefined) return;
      this.#sources.delete(key);
    }
  }

  #newTally(): Tally {
    return { sinceMs: this.#clock.nowMs(), wrong: 0 };
  }

  #alive(tally: Tally | undefined): Tally | undefined {
    return tally !== undefined && this.#clock.nowMs() - tally.sinceMs < limits.withinMs ? tally : undefined;
  }

  #wait(tally: Tally, most: number): number {
    if (tally.wrong < most || this.#alive(tally) === undefined) return 0;
    return Math.ceil((tally.sinceMs + limits.withinMs - this.#clock.nowMs()) / 1000);
  }
}

/** No user's name is longer. */
const longestName = 64;

/** As much of a name as tells users apart. A copy: a slice would keep all that the peer has sent. */
const nameOf = (user: string): string => Buffer.from(user.slice(0, longestName)).toString();

const placeOf = (user: string, from: Address): string => `${user} ${addressText(from)}`;

const regularOf = (user: string, { address }: Address): string => `${user} ${networkOf(address)}`;

/** Adds a value as the latest; above the limit the oldest is removed. */
function remember(values: Set<string>, value: string, most: number): void {
  values.delete(value);
  values.add(value);
  const [oldest] = values;
  if (values.size > most && oldest !== undefined) values.delete(oldest);
}
