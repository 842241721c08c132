import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/cli/diagnosis.ts';
import type { ProbeDone, TracedMessage } from '../../../src/coordinator/index.ts';

const sent = (more = ''): TracedMessage => ({
  direction: 'sent',
  atUs: 0,
  text: `REGISTER sip:x SIP/2.0\r\nCSeq: 1 REGISTER\r\n${more}\r\n`,
});
const credentials = sent('Authorization: Digest username="a"\r\n');
const received = (status: string): TracedMessage => ({
  direction: 'received',
  atUs: 0,
  text: `SIP/2.0 ${status}\r\nCSeq: 1 REGISTER\r\n\r\n`,
});

const probe = (answer: ProbeDone['answer'], messages: readonly TracedMessage[]): ProbeDone => ({
  kind: 'probe-done',
  answer,
  status: null,
  localAddress: '127.0.0.1',
  localPort: 5060,
  transport: 'udp-batch',
  messages,
  warnings: [],
});

const facts = (hasPassword: boolean) => ({
  target: '192.0.2.1:5060',
  hasPassword,
  waitedSeconds: 10,
  interrupted: false,
});

describe('one sentence about what happened to a single user', () => {
  it.each([
    [
      'refused',
      probe('refused', [sent()]),
      false,
      'nobody listens on 192.0.2.1:5060: the host answered "port unreachable"',
    ],
    ['silence', probe('silent', [sent(), sent()]), false, 'no answer from 192.0.2.1:5060 within 10 s'],
    ['only 100', probe('answered', [sent(), received('100 Trying')]), false, 'only provisional responses came'],
    [
      'no password',
      probe('answered', [sent(), received('401 Unauthorized')]),
      false,
      'challenged (401) and no password given',
    ],
    [
      'unusable',
      probe('answered', [sent(), received('407 Auth')]),
      true,
      'challenged (407) in a way that regstorm cannot answer',
    ],
    [
      'a wrong password',
      probe('answered', [sent(), received('401 U'), credentials, received('401 U')]),
      true,
      'the password was not accepted (401 again)',
    ],
    [
      'a wrong password that is answered 403',
      probe('answered', [sent(), received('401 U'), credentials, received('403 Forbidden')]),
      true,
      'answered 403 Forbidden to the credentials: wrong password',
    ],
    ['403 at once', probe('answered', [sent(), received('403 No')]), false, 'answered 403 No: the registrar knows'],
    ['404', probe('answered', [sent(), received('404 Not Found')]), false, 'is --domain right?'],
    [
      '503 without a phrase',
      probe('answered', [sent(), received('503 ')]),
      false,
      'answered 503: the registrar is overloaded',
    ],
    ['an unknown status', probe('answered', [sent(), received('499 Odd')]), false, 'answered 499 Odd'],
  ])('%s', (_, done, hasPassword, sentence) => {
    const diagnosis = diagnose(done, facts(hasPassword));
    expect(diagnosis.sentence).toContain(sentence);
    expect(diagnosis.good).toBe(false);
  });

  it('success says whether there was a challenge', () => {
    const plain = [sent(), received('200 OK'), sent(), received('200 OK'), sent(), received('200 OK')];
    expect(diagnose(probe('answered', plain), facts(false))).toEqual({
      good: true,
      sentence: 'registered, refreshed and unregistered without a challenge (200)',
    });
    const digest = [sent(), received('401 U'), credentials, received('200 OK')];
    expect(diagnose(probe('answered', digest), facts(true)).sentence).toContain('with digest authentication');
  });
});
