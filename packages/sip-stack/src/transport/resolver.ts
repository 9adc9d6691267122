/** An SRV record, RFC 2782; `target` "." says that the service is not there. */
export type SrvRecord = {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
};

/** A NAPTR record as RFC 3263 section 4.1 uses it: `replacement` is the name of SRV records. */
export type NaptrRecord = {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
};

/** The records of a name (none: there are none or nobody knows) and for how many milliseconds they may be kept. */
export type Answer<Record> = { readonly records: readonly Record[]; readonly keepMs: number };

/** Where names are looked up. Nothing rejects: what cannot be looked up has no records. */
export interface Resolver {
  naptr(name: string): Promise<Answer<NaptrRecord>>;
  srv(name: string): Promise<Answer<SrvRecord>>;
  /** IP addresses of one family, A or AAAA. */
  addresses(name: string, family: 4 | 6): Promise<Answer<string>>;
}
