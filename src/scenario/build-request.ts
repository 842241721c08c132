// From what a scenario says of requests to what the plan says: the managed Contact's parameters and those of a step become
// one list, Supported follows from what is used, and a body is read from its file. A step that asks for nothing gets
// nothing, so that a plain scenario's plan holds no word of all this.

import { canonicalHeaderName } from '../sip/index.ts';
import { UserError } from '../std/index.ts';
import { MAX_CONTACTS, type WrittenContact, type WrittenExtras, type WrittenManagedContact } from './contact-schema.ts';
import { parseBodyText, type WrittenRoute, type WrittenTo } from './contact-text.ts';
import type { Tell } from './parsed.ts';
import type { PlanTarget, Procedure } from './plan.ts';
import type {
  PlanBody,
  PlanContact,
  PlanHeader,
  PlanParameter,
  PlanPhone,
  PlanRequirement,
  TextTemplate,
} from './plan-request.ts';

/** What an attempt step gets beside its procedure, interval and headers. */
export interface StepExtras {
  readonly contacts?: readonly PlanContact[];
  readonly body?: PlanBody;
  readonly require?: PlanRequirement;
}

export interface RequestSource {
  readonly managed: WrittenManagedContact | undefined;
  /** Gives the text of a body's file; may throw a UserError. Absent where no file can be read. */
  readonly readText: ((path: string) => string) | undefined;
}

/** Whatever is wrong is told of a key of the step. */
export const buildExtras = (
  source: RequestSource,
  procedure: Procedure,
  options: WrittenExtras,
  tellAt: (key: string, message: string) => void,
): StepExtras => {
  const contacts = contactsOf(source.managed, procedure, options, tellAt);
  const body = options.body === undefined ? null : buildBody(source, options.body, tellAt);
  const { require } = options;
  return {
    ...(contacts === null ? {} : { contacts }),
    ...(body === null ? {} : { body }),
    ...(require === undefined ? {} : { require: { bindings: require.bindings ?? null, granted: grantedOf(require) } }),
  };
};

const grantedOf = (require: object): number | 'asked' | null =>
  (require as { readonly granted?: number | 'asked' | undefined }).granted ?? null;

/** Null: the managed Contact and nothing more, or none at all. */
const contactsOf = (
  managed: WrittenManagedContact | undefined,
  procedure: Procedure,
  options: WrittenExtras,
  tellAt: (key: string, message: string) => void,
): readonly PlanContact[] | null => {
  if (procedure === 'query' || procedure === 'wildcard') return null;
  if (options.contacts !== undefined) {
    if (options.q !== undefined) tellAt('q', 'q belongs to each of the contacts where they are listed');
    return explicitContacts(options.contacts, procedure, tellAt);
  }
  const { instance = false, regId = null, params } = managed ?? {};
  // Where the binding is to end, nobody asks how much it was liked.
  const q = procedure === 'unregister' ? undefined : (options.q ?? managed?.q);
  if (q === undefined && !instance && params === undefined) return null;
  return [
    {
      uri: [{ kind: 'contact' }],
      q: q ?? null,
      expiresSeconds: null,
      instance,
      regId,
      parameters: parametersOf(params),
    },
  ];
};

const explicitContacts = (
  written: readonly (WrittenContact | undefined)[],
  procedure: Procedure,
  tellAt: (key: string, message: string) => void,
): readonly PlanContact[] => {
  if (written.length === 0) tellAt('contacts', 'the list of contacts is empty');
  if (written.length > MAX_CONTACTS) tellAt('contacts', `more than ${MAX_CONTACTS} contacts`);
  const seen = new Set<string>();
  return written.flatMap((contact, index) => {
    if (contact?.uri === undefined) return [];
    const key = JSON.stringify(contact.uri);
    if (seen.has(key)) tellAt(`contacts.${index}.uri`, 'this contact stands in the list twice');
    seen.add(key);
    if (contact.regId !== undefined && contact.instance !== true) tellAt(`contacts.${index}.regId`, NEEDS_INSTANCE);
    if (procedure === 'unregister' && (contact.expires ?? 0) > 0) {
      tellAt(`contacts.${index}.expires`, 'unregister always asks for 0s; refresh takes contacts of either kind');
    }
    const { uri, q = null, expires: expiresSeconds = null, instance = false, regId = null, params } = contact;
    return [{ uri, q, expiresSeconds, instance, regId, parameters: parametersOf(params) }];
  });
};

const NEEDS_INSTANCE = 'a reg-id means nothing without an instance (RFC 5626 §4.2.1); add instance: true';

const parametersOf = (written: Readonly<Record<string, TextTemplate>> | undefined): readonly PlanParameter[] =>
  Object.entries(written ?? {}).map(([name, value]) => ({ name, value }));

const buildBody = (
  source: RequestSource,
  written: NonNullable<WrittenExtras['body']>,
  tellAt: (key: string, message: string) => void,
): PlanBody | null => {
  const { type, text, file } = written;
  if ((text === undefined) === (file === undefined)) {
    tellAt('body', 'a body is either text or a file; give one of the two');
    return null;
  }
  if (text !== undefined) return { type, text };
  const read = readBody(source, file ?? '');
  if (typeof read !== 'string') return { type, text: read };
  tellAt('body.file', read);
  return null;
};

/** The text taken apart, or what is wrong. */
const readBody = (source: RequestSource, file: string): TextTemplate | string => {
  if (source.readText === undefined) return 'a file cannot be read here; give the text itself';
  try {
    const template = parseBodyText(source.readText(file));
    return template.ok ? template.value : `${file}: ${template.message}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message }) => message).join('; ');
  }
};

/**
 * RFC 3261 §20.37: what the request uses. RFC 5626 §4.2.1: outbound, and path with it (§4.2.1, RFC 3327 §5.1); RFC 5627
 * §4.1: gruu. A Supported of the scenario's own stands as it is, so that a test can leave something out.
 */
export const supportedHeader = (
  managed: WrittenManagedContact | undefined,
  contacts: readonly PlanContact[] | undefined,
  headers: readonly PlanHeader[],
): readonly PlanHeader[] => {
  if (contacts === undefined || headers.some(({ name }) => canonicalHeaderName(name) === 'Supported')) return [];
  const hasOutbound = contacts.some(({ regId }) => regId !== null);
  const hasGruu = managed?.gruu === true && contacts.some(({ instance }) => instance);
  const tags = [...(hasOutbound ? ['path'] : []), ...(hasGruu ? ['gruu'] : []), ...(hasOutbound ? ['outbound'] : [])];
  return tags.length === 0 ? [] : [{ name: 'Supported', value: [{ kind: 'text', text: tags.join(', ') }] }];
};

export const checkContact = (managed: WrittenManagedContact | undefined, tell: Tell): void => {
  if (managed === undefined || managed.instance === true) return;
  if (managed.regId !== undefined) tell('contact.regId', NEEDS_INSTANCE);
  if (managed.gruu === true) {
    tell('contact.gruu', 'a GRUU is given to an instance (RFC 5627 §4.1); add instance: true');
  }
};

export interface WrittenPhone {
  readonly contact: WrittenManagedContact | undefined;
  readonly displayName: TextTemplate | undefined;
  readonly userAgent: TextTemplate | undefined;
  readonly to: WrittenTo | undefined;
  readonly route: WrittenRoute;
}

/** Undefined where nothing of it is asked for. */
export const buildPhone = (written: WrittenPhone, target: PlanTarget): PlanPhone | undefined => {
  const { contact, displayName, userAgent, to, route } = written;
  const phone: PlanPhone = {
    line: contact?.line ?? false,
    displayName: displayName ?? null,
    userAgent: userAgent ?? null,
    to: to?.uri ?? null,
    headers: to?.headers ?? [],
    route: routeText(route, target),
    followsServiceRoute: route.kind === 'service-route',
  };
  const isPlain =
    !phone.line &&
    displayName === undefined &&
    userAgent === undefined &&
    to === undefined &&
    phone.route === null &&
    !phone.followsServiceRoute;
  return isPlain ? undefined : phone;
};

/** RFC 3261 §8.1.2: an outbound proxy in Route is a loose router. */
const routeText = (route: WrittenRoute, target: PlanTarget): string | null => {
  if (route.kind === 'text') return route.text;
  if (route.kind !== 'target' || target.kind !== 'uri') return null;
  // A name whose servers are looked up has no port (RFC 3263 §4.2).
  return target.lookUp === undefined ? `<sip:${target.host}:${target.port};lr>` : `<sip:${target.host};lr>`;
};

export const checkRoute = (route: WrittenRoute | undefined, isEmbedded: boolean, tell: Tell): void => {
  if (route?.kind === 'target' && isEmbedded) {
    tell('route', 'the embedded registrar is no proxy, and its port is known only later; write a route of your own');
  }
};
