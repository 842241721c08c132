// A registrar on a loopback port that asks for credentials, accepts everything that has some, and writes down who sent what from
// where. Two lines of string work stand for the registrar; what counts is the notes.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface Note {
  /** As the datagram had it: address and port. */
  readonly source: string;
  readonly user: string;
  readonly sentBy: string;
  /** The Contact's host and port; empty without one. */
  readonly contactHost: string;
  readonly cseq: number;
}

export interface NotingRegistrar {
  readonly port: number;
  readonly notes: readonly Note[];
  close(): void;
}

const CHALLENGE = 'WWW-Authenticate: Digest realm="test.example", nonce="n1", qop="auth"';

/** With `status` it answers everything so, credentials or not. */
export const openNotingRegistrar = async (status: string | null = null): Promise<NotingRegistrar> => {
  const socket = createSocket('udp4');
  const notes: Note[] = [];
  socket.on('message', (bytes, { address, port }) => {
    const request = bytes.toString('latin1');
    notes.push({ source: `${address}:${port}`, ...read(request) });
    socket.send(answerTo(request, status), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, notes, close: () => socket.close() };
};

const read = (request: string): Omit<Note, 'source'> => ({
  user: part(request, /^To: <sip:([^@]+)@/m),
  sentBy: part(request, /^Via: SIP\/2\.0\/UDP ([^;]+);/m),
  contactHost: part(request, /^Contact: <sip:[^@]+@([^>]+)>/m),
  cseq: Number(part(request, /^CSeq: (\d+)/m)),
});

const part = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

/** RFC 3261 §8.2.6.2: Via, From, To, Call-ID and CSeq as they came. */
const answerTo = (request: string, status: string | null): string => {
  const row = (name: string): string => part(request, new RegExp(`^(${name}: [^\\r]*)`, 'm'));
  const isSigned = request.includes('\r\nAuthorization: ');
  const contact = row('Contact');
  const expires = part(request, /^Expires: (\d+)/m);
  const more = isSigned && contact !== '' && expires !== '0' ? [`${contact};expires=${expires}`] : [];
  return [
    `SIP/2.0 ${status ?? (isSigned ? '200 OK' : '401 Unauthorized')}`,
    row('Via'),
    row('From'),
    `${row('To')};tag=t1`,
    row('Call-ID'),
    row('CSeq'),
    ...(isSigned ? more : status === null ? [CHALLENGE] : []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
};
