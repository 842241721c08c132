// Who is asked for names, and what comes of it: the types alone, free of the package that reads and writes the messages, since the
// library's own types lead here.

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

export type QueryType = 'A' | 'CNAME' | 'NAPTR' | 'SRV';

interface WithTtl {
  /** The shortest of the records that were used. */
  readonly ttlSeconds: number | null;
}

export type NaptrReply = {
  readonly kind: 'naptr';
  readonly records: readonly {
    readonly order: number;
    readonly preference: number;
    readonly flags: string;
    readonly service: string;
    readonly replacement: string;
  }[];
} & WithTtl;
export type SrvReply = {
  readonly kind: 'srv';
  readonly records: readonly {
    readonly priority: number;
    readonly weight: number;
    readonly port: number;
    readonly host: string;
  }[];
} & WithTtl;
export type AddressReply = { readonly kind: 'a'; readonly addresses: readonly string[] } & WithTtl;
export type NoReply =
  | ({ readonly kind: 'none'; readonly why: string } & WithTtl)
  | { readonly kind: 'failed' | 'silent'; readonly why: string };
export type DnsReply = NaptrReply | SrvReply | AddressReply | NoReply;

export interface DnsClient {
  /** Never rejects, and ends within timeoutMs * rounds * servers for each name of a CNAME chain. */
  ask(name: string, type: Exclude<QueryType, 'CNAME'>): Promise<DnsReply>;
}
