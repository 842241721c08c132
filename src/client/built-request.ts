// A REGISTER that was built and not sent yet: the moment in which a program changes its headers, as between libeXosip2's
// build_initial_register and send_register. What is set here stays for the registration's later requests.

import { parseHeaderName } from '../scenario/index.ts';
import { hasControl, wrong } from './addresses.ts';
import { RegistrationError } from './errors.ts';
import type { RegisterRequest, Registration } from './handle.ts';
import type { HeaderValue } from './plans.ts';
import type { AttemptReport } from './reports.ts';

const MOST_HEADERS = 64;
const MOST_VALUE_LENGTH = 4_096;

export type SendRequest = (request: RegisterRequest) => Promise<AttemptReport>;

export class BuiltRequest implements RegisterRequest {
  readonly registration: Registration;
  readonly expires: number;
  readonly #headers: HeaderValue[];
  readonly #send: SendRequest;
  #isSent = false;

  constructor(registration: Registration, expires: number, headers: readonly HeaderValue[], send: SendRequest) {
    this.registration = registration;
    this.expires = expires;
    this.#headers = [...headers];
    this.#send = send;
  }

  get headers(): readonly HeaderValue[] {
    return this.#headers;
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
