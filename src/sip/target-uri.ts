// A sip: URI as an operator writes it in a scenario or on the command line. Cold: it gives strings, and for a mistake a
// sentence that says what to write instead. What a caller can't use (a user part, sips:, a transport) it refuses itself.

import { decodeUtf8, encodeUtf8 } from '../std/index.ts';
import { createSipUri, parseSipUri, type SipUri, URI_MALFORMED, URI_OTHER_SCHEME } from './uri.ts';

export interface TargetUri {
  readonly scheme: 'sip' | 'sips';
  readonly user: string | null;
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number | null;
  /** Lower case. */
  readonly transport: string | null;
  /** Names of all other parameters, lower case, in order. */
  readonly otherParameters: readonly string[];
}

export type TargetUriResult =
  | { readonly ok: true; readonly uri: TargetUri }
  | { readonly ok: false; readonly error: string };

export const parseTargetUri = (text: string): TargetUriResult => {
  const bytes = encodeUtf8(text);
  const uri = createSipUri();
  const result = parseSipUri(bytes, 0, bytes.length, uri);
  if (result === URI_OTHER_SCHEME) return fail(`"${text}" does not begin with sip:; write sip:${text} or the like`);
  if (result === URI_MALFORMED) return fail(`"${text}" is no SIP URI; write sip:HOST or sip:HOST:PORT`);
  if (uri.headersStart >= 0) return fail(`"${text}" has a header part after "?", which has no meaning here`);
  if (uri.passwordStart >= 0) return fail(`"${text}" has a password in it; credentials belong under identities`);
  if (uri.port === 0) return fail(`"${text}" has port 0, which nothing can listen on`);
  return readParts(text, bytes, uri);
};

const fail = (error: string): TargetUriResult => ({ ok: false, error });

const readParts = (text: string, bytes: Uint8Array, uri: SipUri): TargetUriResult => {
  let transport: string | null = null;
  const otherParameters: string[] = [];
  const parameters = uri.paramsStart < 0 ? [] : decodeUtf8(bytes, uri.paramsStart, uri.paramsEnd).split(';');
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.toLowerCase().split('=');
    if (name === '') return fail(`"${text}" has an empty parameter after ";"`);
    if (name !== 'transport') {
      otherParameters.push(name);
      continue;
    }
    if (value === '' || transport !== null) return fail(`"${text}" must name one transport, as in ;transport=udp`);
    transport = value;
  }
  const host = decodeUtf8(bytes, uri.hostStart, uri.hostEnd);
  return {
    ok: true,
    uri: {
      scheme: uri.isSips ? 'sips' : 'sip',
      user: uri.userStart < 0 ? null : decodeUtf8(bytes, uri.userStart, uri.userEnd),
      host: host.startsWith('[') ? host.slice(1, -1) : host,
      port: uri.port < 0 ? null : uri.port,
      transport,
      otherParameters,
    },
  };
};
