// The same books from both sides: what a run reports, and what follows from the capture of the client's interface. Plus
// what has to add up from hop to hop, and why a binding is stored that the client does not know of.

import type { RunResult } from '../../src/metrics/run-result.ts';
import type { RelayReport } from './relay-options.ts';
import type { ClientTally, RegistrarTally, TransactionSeen } from './tally.ts';

const T1_US = 500_000;
/** RFC 3261 §17.1.2.2: Timer F and Timer K with their default values. */
const TIMER_F_US = 64 * T1_US;
const TIMER_K_US = 5_000_000;

export interface Books {
  readonly requestsSent: number;
  readonly retransmissions: number;
  readonly datagramsSent: number;
  /** Copies that belong to a transaction, by status; and those that came when it was over. */
  readonly responses: Readonly<Record<string, number>>;
  readonly stray: number;
  readonly unreadable: number;
  readonly timeouts: number;
  readonly succeeded: number;
}

export const reportedBooks = ({ transactions, totals }: RunResult): Books => {
  const { requestsSent, retransmissions, datagramsSent, responses, stray, malformed, truncated } = transactions;
  const outcomes = totals.register?.outcomes ?? {};
  return {
    requestsSent,
    retransmissions,
    datagramsSent,
    responses,
    stray,
    unreadable: malformed + truncated,
    timeouts: (outcomes.timeout ?? 0) + (outcomes['timeout-after-provisional'] ?? 0),
    succeeded: totals.register?.succeeded ?? 0,
  };
};

/** The first final answer, if it came before Timer F fired. */
const finalOf = ({ answers, firstSentUs }: TransactionSeen): TransactionSeen['answers'][number] | undefined => {
  const final = answers.find(({ status }) => status >= 200);
  return final !== undefined && final.atUs < firstSentUs + TIMER_F_US ? final : undefined;
};

const succeededUsers = (tally: ClientTally): ReadonlySet<string> => {
  const isOk = (seen: TransactionSeen): boolean => finalOf(seen)?.status === 200;
  return new Set([...tally.transactions.values()].filter(isOk).map(({ user }) => user));
};

export const capturedBooks = (tally: ClientTally): Books => {
  const responses: Record<string, number> = {};
  let [stray, timeouts] = [0, 0];
  for (const seen of tally.transactions.values()) {
    const final = finalOf(seen);
    if (final === undefined) timeouts++;
    const overUs = final === undefined ? seen.firstSentUs + TIMER_F_US : final.atUs + TIMER_K_US;
    for (const { atUs, status } of seen.answers) {
      if (atUs >= overUs) stray++;
      else responses[status] = (responses[status] ?? 0) + 1;
    }
  }
  return {
    requestsSent: tally.transactions.size,
    retransmissions: tally.requests - tally.transactions.size,
    datagramsSent: tally.requests,
    responses,
    stray: stray + tally.strangers,
    unreadable: 0,
    timeouts,
    succeeded: succeededUsers(tally).size,
  };
};

/** Hop by hop: where one side counted other than the next, in words. */
export const leaks = (client: ClientTally, relay: RelayReport, registrar: RegistrarTally): readonly string[] => {
  const { up, down } = relay;
  const lostOn = (link: typeof up): number => link.lost + link.lostInBurst + link.lostInPartition;
  const hops: readonly (readonly [string, number, number])[] = [
    ['client interface -> relay', client.requests, up.offered],
    [
      'relay, upwards: what came + copies - lost on purpose = what left',
      up.offered + up.duplicated - lostOn(up),
      relay.sentUp,
    ],
    ['relay -> registrar interface', relay.sentUp, registrar.requests],
    ['registrar interface -> relay', registrar.responses, down.offered],
    [
      'relay, downwards: what came + copies - lost on purpose = what left',
      down.offered + down.duplicated - lostOn(down),
      relay.sentDown,
    ],
    ['relay -> client interface', relay.sentDown, client.responses],
    ['client sockets = upstream sockets', client.sources.size, relay.clients],
    ['upstream sockets = sources at the registrar', relay.clients, registrar.sources.size],
  ];
  return hops.filter(([, left, right]) => left !== right).map(([name, left, right]) => `${name}: ${left}, ${right}`);
};

export interface Difference {
  readonly user: string;
  /** Null: nothing in the captures explains it. */
  readonly why: string | null;
}

/** Users that the registrar has and the client does not count as registered, or the other way round. */
export const differences = (
  stored: ReadonlySet<string>,
  client: ClientTally,
  registrar: RegistrarTally,
): readonly Difference[] => {
  const succeeded = succeededUsers(client);
  const arrived = new Set<string>();
  for (const { user, answers } of client.transactions.values()) {
    if (answers.some(({ status }) => status === 200)) arrived.add(user);
  }
  const found: Difference[] = [];
  for (const user of stored) {
    if (succeeded.has(user)) continue;
    const grants = registrar.grants.get(user) ?? 0;
    if (grants === 0) found.push({ user, why: null });
    else if (arrived.has(user)) found.push({ user, why: 'its 200 came after another final answer, or after Timer F' });
    else found.push({ user, why: 'none of its 200 arrived' });
  }
  for (const user of succeeded) if (!stored.has(user)) found.push({ user, why: null });
  return found;
};

/** Per user that succeeded, first send to final answer, summed over its transactions; sorted. */
export const wireTimesUs = (tally: ClientTally): readonly number[] => {
  const succeeded = succeededUsers(tally);
  const sums = new Map<string, number>();
  for (const seen of tally.transactions.values()) {
    const final = finalOf(seen);
    if (final === undefined || !succeeded.has(seen.user)) continue;
    sums.set(seen.user, (sums.get(seen.user) ?? 0) + final.atUs - seen.firstSentUs);
  }
  return [...sums.values()].sort((a, b) => a - b);
};
