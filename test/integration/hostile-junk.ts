// What else arrives on a UDP port: bytes that are no SIP, SIP that is broken, and sound SIP that is meant for others. Each
// entry tells how regstorm must count it; none may change how an attempt ends.

import { composeAnswer, ok, type SipRequest } from './hostile-message.ts';

export interface Junk {
  readonly title: string;
  readonly counted: 'stray' | 'malformed' | 'keepalives';
  readonly datagramsFor: (request: SipRequest) => readonly (string | Uint8Array)[];
}

const LARGE_BYTES = 60_000;
/** RFC 5389 §6: a binding request, its magic cookie and a transaction id. */
const STUN = Uint8Array.of(0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

/** Bytes that look random and are the same in every run. */
const noise = (lengthBytes: number): Uint8Array => {
  const bytes = new Uint8Array(lengthBytes);
  let state = 1;
  for (let i = 0; i < lengthBytes; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
};

/** Shorter by one byte each, the whole message left out. */
const everyCutOf = (text: string): string[] => Array.from(text, (_, length) => text.slice(0, length));

const otherBranch = (via: string): string => via.replace(/branch=z9hG4bK[0-9a-f]{8}/, 'branch=z9hG4bKdeadbeef');
/** Of this run and worker, but of a transaction that was never begun. */
const unusedBranch = (via: string): string => via.replace(/[0-9a-f]{8};rport/, 'ffffffff;rport');
const farBranch = (via: string): string => via.replace(/[0-9a-f]{6}([0-9a-f]{8});rport/, 'ffffff$1;rport');
const foreignBranch = (via: string): string => via.replace(/branch=[^;]*/, 'branch=z9hG4bK-524287-1---f2a7');

export const JUNK: readonly Junk[] = [
  { title: 'an empty datagram', counted: 'malformed', datagramsFor: () => [''] },
  { title: 'nothing but line ends, as a keep-alive', counted: 'keepalives', datagramsFor: () => ['\r\n\r\n', '\r\n'] },
  { title: 'four NUL bytes, as a keep-alive', counted: 'keepalives', datagramsFor: () => [new Uint8Array(4)] },
  { title: 'NUL bytes', counted: 'malformed', datagramsFor: () => [new Uint8Array(5), new Uint8Array(1_200)] },
  { title: 'noise', counted: 'malformed', datagramsFor: () => [noise(1), noise(40), noise(1_400)] },
  { title: 'STUN', counted: 'malformed', datagramsFor: () => [STUN] },
  { title: '60 kB of one letter', counted: 'malformed', datagramsFor: () => ['a'.repeat(LARGE_BYTES)] },
  { title: '60 kB of noise', counted: 'malformed', datagramsFor: () => [noise(LARGE_BYTES)] },
  {
    title: 'an answer cut at every length',
    counted: 'malformed',
    datagramsFor: (request) => everyCutOf(ok(request)),
  },
  {
    title: 'an answer with 60 kB of header lines',
    counted: 'malformed',
    datagramsFor: (request) => [composeAnswer(request, { status: 200, headers: Array(6_000).fill('X: 45678') })],
  },
  {
    title: 'an answer that announces a longer body',
    counted: 'malformed',
    datagramsFor: (request) => [`${composeAnswer(request, { status: 200, body: 'body' }).slice(0, -1)}`],
  },
  {
    title: '8.1.3.3 an answer with a second Via',
    counted: 'stray',
    datagramsFor: (request) => [
      composeAnswer(request, { status: 200, headers: ['Via: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bK1'] }),
      composeAnswer(request, { status: 200, via: `${request.via}, SIP/2.0/UDP 127.0.0.9;branch=z9hG4bK1` }),
    ],
  },
  {
    title: '17.1.3 answers to branches that are not ours',
    counted: 'stray',
    datagramsFor: (request) =>
      [otherBranch, unusedBranch, farBranch, foreignBranch].map((change) =>
        composeAnswer(request, { status: 200, via: change(request.via) }),
      ),
  },
  {
    title: '18.1.2 answers to our branch from another sent-by',
    counted: 'stray',
    datagramsFor: (request) =>
      ['127.0.0.9:5060', '127.0.0.1', 'someone.example'].map((sentBy) =>
        composeAnswer(request, { status: 200, via: request.via.replace(/UDP [^;]*/, `UDP ${sentBy}`) }),
      ),
  },
  {
    title: '17.1.3 answers to another method or CSeq number',
    counted: 'stray',
    datagramsFor: (request) =>
      [`${request.cseq} INVITE`, `${request.cseq} register`, `${request.cseq + 1} REGISTER`].map((cseq) =>
        composeAnswer(request, { status: 200, cseq }),
      ),
  },
  {
    title: "another phone's answer",
    counted: 'stray',
    datagramsFor: (request) => [
      composeAnswer(request, { status: 200, callId: 'a84b4c76e66710', via: foreignBranch(request.via) }),
    ],
  },
  { title: 'our own request, sent back', counted: 'stray', datagramsFor: (request) => [request.text] },
];
