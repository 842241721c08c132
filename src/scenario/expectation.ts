// How an attempt may end, as a scenario writes it: in `expect`, what counts as succeeded, and in `retry.on`, what is tried again.
//
//   success          a 2xx, with our binding where it has to be
//   timeout, auth-failed, binding-missing, …     a cause of our own (docs/errors.md)
//   403              this final status
//   4xx              any final status of this class

import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { suggestion } from './suggest.ts';
import { OWN_CAUSES } from './threshold.ts';

export const SUCCESS = 'success';

/** The end of the run is nothing that anybody can expect. */
const WORDS: readonly string[] = [SUCCESS, ...OWN_CAUSES.filter((cause) => cause !== 'aborted')];
const CHALLENGES: readonly string[] = ['401', '407'];

/** What editors check. */
export const ENDING_PATTERN = `^(${WORDS.join('|')}|[3-6](\\d\\d|xx))$`;

export const parseEnding = (text: string): Parsed<string> => {
  if (CHALLENGES.includes(text)) {
    return fault(`${text} is a challenge, which ends no attempt; write auth-failed or no-credentials`);
  }
  if (WORDS.includes(text) || /^[3-6](\d\d|xx)$/.test(text)) return parsed(text);
  if (/^2(\d\d|xx)$/.test(text)) return fault(`${quoted(text)}: any 2xx is a success; write success`);
  const known = `write success, a cause such as timeout, a status such as 403, or a class such as 4xx`;
  return fault(`${quoted(text)} is no end of an attempt${suggestion(text, WORDS)}; ${known}`);
};
