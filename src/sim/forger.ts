// Answers that nobody asked for: somebody on the way to the clients sends forgeries of answers that pass. They are well-formed,
// and each is wrong in one thing that RFC 3261 has a client look at before it believes an answer, or comes on top of the
// right one:
//
//   another branch, sent-by, CSeq number or method (§17.1.3, §18.1.2) · a second Via (§8.1.3.3) · another final status

import type { Random } from '../std/index.ts';

/** The forgery of an answer, one character for each byte; the text is an answer as a registrar or an edge makes it. */
export function forge(answer: string, random: Random): string {
  switch (random.between(0, 6)) {
    case 0:
      return answer.replace(/;branch=([^;\r]+)/, (_, branch: string) => `;branch=${otherDigit(branch, random)}`);
    case 1:
      return answer.replace(/^(Via: SIP\/2\.0\/UDP )([^;]+)/m, '$110.9.9.9:5060');
    case 2:
      return answer.replace(/^CSeq: (\d+)/m, (_, cseq: string) => `CSeq: ${Number(cseq) + random.pick([-1, 1, 2])}`);
    case 3:
      return answer.replace(/^(CSeq: \d+ )REGISTER/m, '$1OPTIONS');
    case 4:
      return answer.replace(/^(Via: [^\r]*)/m, `Via: SIP/2.0/UDP 10.9.9.9:5060;branch=z9hG4bKforged\r\n$1`);
    case 5:
      return answer.replace(/^(Via: [^\r]*)/m, `$1\r\nVia: SIP/2.0/UDP 10.9.9.9:5060;branch=z9hG4bKforged`);
    default:
      return answer.replace(/^SIP\/2\.0 [^\r]*/, `SIP/2.0 ${random.pick(STATUSES)}`);
  }
}

const STATUSES = [
  '100 Trying',
  '199 Early',
  '200 OK',
  '302 Elsewhere',
  '401 Again',
  '486 Busy',
  '503 Down',
  '603 Decline',
];

/** One of its hexadecimal or decimal digits is another one: another row, generation, worker or run. */
function otherDigit(branch: string, random: Random): string {
  const at = random.between('z9hG4bK'.length, branch.length - 1);
  const digit = branch[at]!;
  const other = random.pick([...'0123456789abcdef'].filter((candidate) => candidate !== digit));
  return branch.slice(0, at) + other + branch.slice(at + 1);
}
