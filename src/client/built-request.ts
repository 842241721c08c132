// A REGISTER that was built and not sent yet: the moment in which a program changes its headers and its body, as between libeXosip2's
// build_initial_register and send_register. What is set here stays for the registration's later requests.

import { parseHeaderName, parseMediaType } from '../scenario/index.ts';
import { encodeUtf8 } from '../std/index.ts';
import { hasControl, wrong } from './addresses.ts';
import { RegistrationError } from './errors.ts';
import type { RegisterRequest, Registration } from './handle.ts';
import type { HeaderValue, MessageBody } from './plans.ts';
import type { AttemptReport } from './reports.ts';

const MOST_HEADERS = 64;
const MOST_VALUE_LENGTH = 4_096;
/** The request around it has its place in the 16 kB of a request too. */
const MOST_BODY_BYTES = 12_000;

/** What stays from request to request. */
export interface RequestParts {
  readonly headers: readonly HeaderValue[];
  readonly body: MessageBody | null;
}

export type SendRequest = (request: RegisterRequest) => Promise<AttemptReport>;

export class BuiltRequest implements RegisterRequest {
  readonly registration: Registration;
  readonly expires: number;
  readonly #headers: HeaderValue[];
  readonly #send: SendRequest;
  #body: MessageBody | null;
  #isSent = false;

  constructor(registration: Registration, expires: number, parts: RequestParts, send: SendRequest) {
    this.registration = registration;
    this.expires = expires;
    this.#headers = [...parts.headers];
    this.#body = parts.body;
    this.#send = send;
  }

  get headers(): readonly HeaderValue[] {
    return this.#headers;
  }

  get body(): MessageBody | null {
    return this.#body;
  }

  setHeader(name: string, value: string): this {
    const header = readHeader(name, value);
    const at = this.#headers.findIndex((each) => isSame(each.name, name));
    if (at >= 0) this.#headers[at] = header;
    else if (this.#headers.length < MOST_HEADERS) this.#headers.push(header);
    else throw wrong('header', `a request has at most ${MOST_HEADERS} headers of your own`);
    return this;
  }

  removeHeader(name: string): this {
    const kept = this.#headers.filter((each) => !isSame(each.name, name));
    this.#headers.splice(0, this.#headers.length, ...kept);
    return this;
  }

  setBody(content: string | Uint8Array, type: string): this {
    this.#body = readBody(content, type);
    return this;
  }

  removeBody(): this {
    this.#body = null;
    return this;
  }

  send(): Promise<AttemptReport> {
    if (this.#isSent) return Promise.reject(new RegistrationError('SENT', this.registration.rid));
    if (!this.registration.isBusy) this.#isSent = true;
    return this.#send(this);
  }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const readHeader = (name: string, value: string): HeaderValue => {
  const known = parseHeaderName(name);
  if (!known.ok) throw wrong('header', known.message);
  if (value.length > MOST_VALUE_LENGTH) throw wrong('header', `the value of ${name} is too long`);
  if (hasControl(value)) throw wrong('header', `the value of ${name} has a line break or control character in it`);
  return { name: known.value, value };
};

const readBody = (content: string | Uint8Array, type: string): MessageBody => {
  const known = parseMediaType(type);
  if (!known.ok) throw wrong('body', known.message);
  // The caller's bytes may change, and a retransmission may not.
  const bytes = typeof content === 'string' ? encodeUtf8(content) : Uint8Array.from(content);
  if (bytes.length === 0) throw wrong('body', 'it is empty; removeBody leaves it out');
  if (bytes.length > MOST_BODY_BYTES) throw wrong('body', `it is longer than ${MOST_BODY_BYTES} bytes`);
  return { type: known.value, bytes };
};
