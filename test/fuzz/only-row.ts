// A message of which no more is known than that it has one Contact row.

import type { SipMessage } from '../../src/sip/index.ts';

export const withOnlyRow = (message: SipMessage, start: number, end: number): SipMessage => {
  Object.assign(message.contact, { count: 1, firstStart: start, firstEnd: end, lastStart: start, lastEnd: end });
  return message;
};
