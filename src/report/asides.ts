// What a run had to do besides registering, as lines of the summary: nothing where nothing of the kind happened.

import { formatCount, formatCounted, formatShare, formatTime } from '../metrics/index.ts';
import type { RunResult, VerifyResult } from '../metrics/run-result.ts';
import { wrappedList } from './layout.ts';
import { harmless } from './safe-text.ts';

/** Behind the lines of transactions and contexts. */
export function asideLines(result: RunResult): string[] {
  const { incoming, verify } = result;
  return [
    ...incomingLines(incoming),
    ...keepaliveLines(result),
    ...natLines(result),
    ...(verify === null ? [] : verifyLines(verify)),
  ];
}

function verifyLines({ sampled, checked, missing, failed }: VerifyResult): string[] {
  return wrappedList('  verify        ', [
    `${formatCounted(sampled, 'binding')} asked for`,
    `${formatCount(checked)} compared`,
    `${formatCount(missing)} missing`,
    `${formatCount(failed)} not told`,
  ]);
}

function incomingLines(incoming: RunResult['incoming']): string[] {
  const asked = Object.entries(incoming.requests).map(([method, count]) => `${method} × ${formatCount(count)}`);
  if (asked.length === 0 && incoming.keepalives === 0) return [];
  const answered = Object.entries(incoming.answers).map(
    ([status, count]) => `answered ${status} × ${formatCount(count)}`,
  );
  const rest = [
    ...(incoming.unanswered > 0 ? [`${formatCount(incoming.unanswered)} unanswered`] : []),
    ...(incoming.keepalives > 0 ? [`${formatCount(incoming.keepalives)} keepalives of the peer`] : []),
  ];
  return wrappedList('  incoming      ', [...asked, ...answered, ...rest]);
}

function keepaliveLines({ keepalive }: RunResult): string[] {
  if (keepalive === null) return [];
  const { kind, sent, answered, lost, roundTripUs } = keepalive;
  const told = [`${kind}: ${formatCount(sent)} sent`];
  if (answered !== null && lost !== null) {
    told.push(`${formatCount(answered)} answered`, `${formatCount(lost)} lost (${formatShare(shareOf(lost, sent))})`);
  }
  if (roundTripUs !== null && roundTripUs.p50 !== null) told.push(`round trip p50 ${formatTime(roundTripUs.p50)}`);
  if (roundTripUs !== null && roundTripUs.p99 !== null) told.push(`p99 ${formatTime(roundTripUs.p99)}`);
  return wrappedList('  keepalives    ', told);
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Only where a NAT was seen, or a Contact says, or came to say, something else than its socket. */
function natLines({ nat }: RunResult): string[] {
  const { advertise, sockets, behindNat, seen, changes, repairs } = nat;
  if (advertise === null && behindNat === 0 && changes === 0 && repairs === 0) return [];
  const [first] = seen;
  const example = first === undefined ? '' : ` (${first.local} as ${first.seen})`;
  return wrappedList('  nat           ', [
    ...(advertise === null ? [] : [`Contacts say ${harmless(advertise)}`]),
    `${formatCount(behindNat)} of ${formatCounted(sockets, 'socket')} seen elsewhere${example}`,
    formatCounted(changes, 'change'),
    formatCounted(repairs, 'repair'),
    ...replacedTexts(nat),
  ]);
}

/** What `exosip` adds; what the guard stopped, in any mode. */
function replacedTexts({
  mode,
  deletions,
  deletionsFailed,
  replacements,
  stopped,
}: RunResult['nat']): readonly string[] {
  const guarded = stopped === 0 ? [] : [`${formatCount(stopped)} stopped by the guard`];
  if (mode !== 'exosip') return guarded;
  const failed = deletionsFailed === 0 ? '' : ` (${formatCount(deletionsFailed)} failed)`;
  return [
    `${formatCounted(deletions, 'deletion')}${failed}`,
    `${formatCounted(replacements, 'new Contact')}`,
    ...guarded,
  ];
}
