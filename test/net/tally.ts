// Captures added up, with no help from regstorm: a message is read by looking for a few words in its bytes.

import { type Packet, readPackets } from './capture.ts';

/** One branch, as the client's interface saw it. */
export interface TransactionSeen {
  readonly user: string;
  readonly firstSentUs: number;
  sends: number;
  /** Every copy of every response, in order of arrival. */
  readonly answers: { readonly atUs: number; readonly status: number }[];
}

export interface ClientTally {
  readonly requests: number;
  readonly responses: number;
  readonly transactions: ReadonlyMap<string, TransactionSeen>;
  /** Responses whose branch was never sent, and what is neither response nor request. */
  readonly strangers: number;
  readonly icmp: number;
  readonly sources: ReadonlySet<string>;
  /** Repeats of a branch with other bytes than its first send. */
  readonly changedRepeats: number;
}

export interface RegistrarTally {
  readonly requests: number;
  readonly responses: number;
  readonly icmp: number;
  readonly sources: ReadonlySet<string>;
  /** How many 200 were sent for each user: whoever has one has a binding. */
  readonly grants: ReadonlyMap<string, number>;
}

/** From the first `mark` to the first `stop` behind it; empty when there is none. */
const between = (payload: Buffer, mark: string, stop: string): string => {
  const at = payload.indexOf(mark, 0, 'latin1');
  const start = at + mark.length;
  const end = at < 0 ? -1 : payload.indexOf(stop, start, 'latin1');
  return end < 0 ? '' : payload.toString('latin1', start, end);
};

const branchOf = (payload: Buffer): string => /^[^;,\s]+/.exec(between(payload, ';branch=', '\r\n'))?.[0] ?? '';
const userOf = (payload: Buffer): string => between(payload, '\r\nTo: <sip:', '@');
const isRegister = (payload: Buffer): boolean => payload.toString('latin1', 0, 9) === 'REGISTER ';

/** 0 for what is no response. */
const statusOf = (payload: Buffer): number =>
  payload.toString('latin1', 0, 8) === 'SIP/2.0 ' ? Number(payload.toString('latin1', 8, 11)) : 0;

/** FNV-1a, to compare repeats without keeping every request. */
const fingerprint = (bytes: Buffer): number => {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
};

const hostOf = (address: string): string => address.split(':', 1)[0] ?? '';

export const tallyClient = (file: string, client: string): ClientTally => {
  const transactions = new Map<string, TransactionSeen & { readonly fingerprint: number }>();
  const sources = new Set<string>();
  const counts = { requests: 0, responses: 0, strangers: 0, icmp: 0, changedRepeats: 0 };
  const onRequest = ({ atUs, from, payload }: Packet): void => {
    counts.requests++;
    sources.add(from);
    const branch = branchOf(payload);
    const known = transactions.get(branch);
    if (known !== undefined) {
      known.sends++;
      if (known.fingerprint !== fingerprint(payload)) counts.changedRepeats++;
      return;
    }
    const first = { user: userOf(payload), firstSentUs: atUs, fingerprint: fingerprint(payload) };
    transactions.set(branch, { ...first, sends: 1, answers: [] });
  };
  const onAnswer = ({ atUs, payload }: Packet, status: number): void => {
    counts.responses++;
    const known = transactions.get(branchOf(payload));
    if (known === undefined) counts.strangers++;
    else known.answers.push({ atUs, status });
  };
  readPackets(file, (packet) => {
    if (!packet.isUdp) counts.icmp++;
    else if (hostOf(packet.from) === client && isRegister(packet.payload)) onRequest(packet);
    else if (hostOf(packet.to) === client && statusOf(packet.payload) > 0) onAnswer(packet, statusOf(packet.payload));
    else counts.strangers++;
  });
  return { ...counts, transactions, sources };
};

export const tallyRegistrar = (file: string, registrar: string): RegistrarTally => {
  const grants = new Map<string, number>();
  const sources = new Set<string>();
  const counts = { requests: 0, responses: 0, icmp: 0 };
  readPackets(file, ({ from, to, isUdp, payload }) => {
    if (!isUdp) counts.icmp++;
    else if (hostOf(to) === registrar) {
      counts.requests++;
      sources.add(from);
    } else {
      counts.responses++;
      const user = userOf(payload);
      if (statusOf(payload) === 200) grants.set(user, (grants.get(user) ?? 0) + 1);
    }
  });
  return { ...counts, grants, sources };
};
