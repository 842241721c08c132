// From a registrar's settings as read to what they mean: actions put together, phrases and names filled in, and the checks
// that relate values to each other. Values that could not be read are undefined and were told already; they are passed over.

import type { Tell } from './build-flow.ts';
import { defaultPhrase } from './phrases.ts';
import { formatDuration, formatPercent, type Rate, ratePerSecond } from './quantities.ts';
import type {
  PlanAction,
  PlanAnswer,
  PlanDelay,
  PlanRestart,
  PlanRule,
  PlanRuleMatch,
  PlanService,
  RegistrarAuth,
  RegistrarBehaviour,
} from './registrar-plan.ts';
import { MAX_RULES, type WrittenAction, type WrittenEmbedded, type WrittenRule } from './registrar-schema.ts';

/** Settings of which any value may be missing because it could not be read. */
export type UnsureSettings = { readonly [K in keyof WrittenEmbedded]?: WrittenEmbedded[K] | undefined };

/** Where the settings stand (empty for a file of their own), who is told of faults, and the password, if there is one. */
export interface RegistrarPlace {
  readonly path: string;
  readonly tell: Tell;
  readonly password: string | null;
}

const US_PER_SECOND = 1_000_000;

export const buildBehaviour = (written: UnsureSettings, place: RegistrarPlace): RegistrarBehaviour => {
  const { expires, contacts } = written;
  checkExpires(written, place);
  return {
    minExpiresSeconds: expires?.min ?? 1,
    maxExpiresSeconds: expires?.max ?? 7 * 24 * 3600,
    defaultExpiresSeconds: expires?.default ?? Math.max(3600, expires?.min ?? 1),
    contactsMost: contacts?.most ?? 10,
    contactsBeyond: contacts?.beyond ?? 'refuse',
    auth: written.auth === undefined ? null : buildAuth(written.auth, place),
    service: written.service?.rate === undefined ? null : buildService(written.service),
    path: written.path ?? 'off',
    outbound: written.outbound ?? false,
    gruu: written.gruu ?? false,
    serviceRoutes: written.serviceRoute ?? [],
    associatedUris: written.associatedUris ?? [],
    bodies: written.bodies ?? 'accept',
    rules: buildRules(written.rules ?? [], place),
    restarts: buildRestarts(written.restarts ?? [], place),
  };
};

/** Of a registrar that nobody told anything. */
export const defaultBehaviour = (): RegistrarBehaviour =>
  buildBehaviour({}, { path: '', tell: () => {}, password: null });

const at = ({ path }: RegistrarPlace, key: string): string => (path === '' ? key : `${path}.${key}`);

const checkExpires = ({ expires }: UnsureSettings, place: RegistrarPlace): void => {
  const { min, max } = expires ?? {};
  if (max === 0) place.tell(at(place, 'expires.max'), 'a registrar that grants nothing at most is none; more than 0s');
  if (expires?.default === 0) place.tell(at(place, 'expires.default'), 'the default interval has to be more than 0s');
  if (min !== undefined && max !== undefined && min > max) {
    place.tell(at(place, 'expires'), 'min is more than max, so that no interval could be granted');
  } else if ((expires?.default ?? Number.POSITIVE_INFINITY) < (min ?? 0)) {
    place.tell(at(place, 'expires.default'), 'the default interval is below min, the shortest that is granted');
  }
};

const buildAuth = (auth: NonNullable<UnsureSettings['auth']>, place: RegistrarPlace): RegistrarAuth => {
  if (auth.proxyRealm !== undefined && auth.challenge !== undefined && auth.challenge !== 'both') {
    place.tell(at(place, 'auth.proxyRealm'), 'only with challenge: both does the proxy have a realm of its own');
  }
  const algorithms = auth.algorithms ?? ['MD5'];
  checkAlgorithms(algorithms, auth.qop, place);
  return {
    password: place.password,
    realm: auth.realm ?? null,
    algorithms,
    qop: auth.qop,
    challenge: auth.challenge,
    proxyRealm: auth.proxyRealm ?? null,
    nonceLifetimeSeconds: auth.nonceLifetime,
    nonceUses: auth.nonceUses ?? null,
    saysStale: auth.stale,
    nextNonce: auth.nextNonce,
    rspauth: auth.rspauth,
    userhash: auth.userhash,
  };
};

const checkAlgorithms = (algorithms: readonly (string | undefined)[], qop: string, place: RegistrarPlace): void => {
  const path = at(place, 'auth.algorithms');
  if (algorithms.length === 0) place.tell(path, 'a challenge names an algorithm; leave the key out for MD5');
  const twice = algorithms.find((name, index) => name !== undefined && algorithms.indexOf(name) < index);
  if (twice !== undefined) place.tell(path, `${twice} is listed twice`);
  const session = algorithms.find((name) => name?.endsWith('-sess'));
  if (session !== undefined && qop === 'none')
    place.tell(path, `${session} needs a cnonce, and without qop there is none`);
};

const buildService = (service: NonNullable<UnsureSettings['service']>): PlanService => ({
  serviceUs: serviceTimeUs(service.rate),
  queue: service.queue,
  whenFull: service.full,
  retryAfterSeconds: service.retryAfter,
});

/** Not rounded: at 300,000 a second a microsecond more or less would be a different rate. */
const serviceTimeUs = (rate: Rate): number => US_PER_SECOND / ratePerSecond(rate);

const buildRestarts = (written: readonly Written[], place: RegistrarPlace): readonly PlanRestart[] => {
  const restarts: PlanRestart[] = [];
  let backUs = -1;
  for (const [index, restart] of written.entries()) {
    const { at: atUs, away, bindings } = restart ?? {};
    if (atUs === undefined || away === undefined || bindings === undefined) continue;
    if (atUs <= backUs) {
      place.tell(at(place, `restarts.${index}`), 'it comes before the registrar is back from the restart before it');
    }
    backUs = atUs + away;
    restarts.push({ atUs, awayUs: away, keepsBindings: bindings === 'kept' });
  }
  return restarts;
};

type Written = NonNullable<WrittenEmbedded['restarts']>[number];

const buildRules = (written: readonly (WrittenRule | undefined)[], place: RegistrarPlace): readonly PlanRule[] => {
  if (written.length > MAX_RULES) {
    place.tell(at(place, 'rules'), `${written.length} rules; at most ${MAX_RULES} are possible`);
  }
  return written.flatMap((rule, index) => {
    if (rule?.do === undefined || rule.when === undefined) return [];
    const path = at(place, `rules.${index}`);
    const actions = [rule.do].flat().filter((action) => action !== undefined);
    if (actions.length === 0 && Array.isArray(rule.do) && rule.do.length === 0) {
      place.tell(`${path}.do`, 'the rule does nothing; leave it out, or name an action such as drop');
    }
    const match = buildMatch(rule.when, path, place);
    checkActions(actions.map(actionName), path, place);
    const action = buildAction(actions);
    return [{ name: rule.name ?? ruleText(actions, match), match, action }];
  });
};

const buildMatch = (when: WrittenRule['when'], path: string, { tell }: RegistrarPlace): PlanRuleMatch => {
  const { from, to } = when;
  if (from !== undefined && to !== undefined && from >= to) {
    tell(`${path}.when.to`, 'the time is over before it begins; to has to be later than from');
  }
  if (when.per === 'datagram' && when.share === undefined) {
    tell(`${path}.when.per`, 'per says what the share is drawn for, and there is no share');
  }
  return {
    users: when.users ?? null,
    userShare: when.userShare ?? null,
    share: when.share ?? null,
    per: when.per,
    fromUs: from,
    toUs: to ?? null,
    procedure: when.procedure ?? null,
    credentials: when.credentials ?? null,
    times: when.times ?? null,
  };
};

const actionName = (action: WrittenAction): string => (typeof action === 'string' ? action : Object.keys(action)[0]!);

/** What leaves no answer that could be treated further. */
const ENDS: readonly string[] = ['drop', 'dropAnswer', 'hang'];
/** Each writes another answer, so only one of them can. */
const ANSWERS: readonly string[] = ['answer', 'ownContactMissing', 'notStored', 'grantedZero'];
/** What is sent instead of the answer has no branch and no CSeq. */
const SPOILT: readonly string[] = ['garbage', 'wrongBranch', 'wrongCseq'];

const checkActions = (names: readonly string[], path: string, { tell }: RegistrarPlace): void => {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) tell(`${path}.do`, `${twice} is listed twice`);
  const end = names.find((name) => ENDS.includes(name));
  const rest = names.filter((name) => name !== end && !(end === 'dropAnswer' && ANSWERS.includes(name)));
  if (end !== undefined && rest.length > 0) {
    tell(`${path}.do`, `after ${end} no answer is sent that ${rest.join(' and ')} could change`);
    return;
  }
  const exclusive = names.includes('garbage') ? [ANSWERS, SPOILT] : [ANSWERS];
  for (const group of exclusive) {
    const both = names.filter((name) => group.includes(name));
    if (new Set(both).size > 1) tell(`${path}.do`, `${both.join(' and ')} exclude each other; keep one`);
  }
};

const buildAction = (actions: readonly WrittenAction[]): PlanAction => {
  const has = (name: string): boolean => actions.some((action) => actionName(action) === name);
  const falsehood = (['ownContactMissing', 'notStored', 'grantedZero'] as const).find(has) ?? null;
  return {
    drop: has('drop') ? 'request' : has('dropAnswer') ? 'answer' : null,
    trying: has('hang') ? 'hang' : has('trying') ? 'answered' : null,
    delay: delayOf(actions),
    copies: has('duplicate') ? copiesOf(actions) : 1,
    wrongBranch: has('wrongBranch'),
    wrongCseq: has('wrongCseq'),
    garbage: has('garbage'),
    falsehood,
    answer: answerOf(actions),
  };
};

const copiesOf = (actions: readonly WrittenAction[]): number => {
  for (const action of actions) if (typeof action === 'object' && 'duplicate' in action) return action.duplicate;
  return 2;
};

const delayOf = (actions: readonly WrittenAction[]): PlanDelay | null => {
  for (const action of actions) {
    if (typeof action !== 'object' || !('delay' in action)) continue;
    const { delay } = action;
    if (typeof delay === 'number') return { kind: 'fixed', lengthUs: delay };
    if ('uniform' in delay) return { kind: 'uniform', leastUs: delay.uniform[0], mostUs: delay.uniform[1] };
    if ('normal' in delay) return { kind: 'normal', meanUs: delay.normal[0], deviationUs: delay.normal[1] };
    return { kind: 'exponential', meanUs: delay.exponential };
  }
  return null;
};

const answerOf = (actions: readonly WrittenAction[]): PlanAnswer | null => {
  for (const action of actions) {
    if (typeof action !== 'object' || !('answer' in action)) continue;
    const { status, phrase, headers = {} } = action.answer;
    if (status === undefined) return null;
    return {
      status,
      phrase: phrase ?? defaultPhrase(status),
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    };
  }
  return null;
};

/** `drop, users 0-99, 5% of requests, from 10s to 20s`: what a rule without a name is called. */
const ruleText = (actions: readonly WrittenAction[], match: PlanRuleMatch): string => {
  const parts = [actions.map(actionText).join(' + ')];
  if (match.users?.kind === 'range') parts.push(`users ${match.users.first}-${match.users.last}`);
  if (match.users?.kind === 'pattern') parts.push(`users ${match.users.pattern}`);
  if (match.userShare !== null) parts.push(`${formatPercent(match.userShare)} of users`);
  if (match.share !== null) parts.push(`${formatPercent(match.share)} of ${match.per}s`);
  if (match.procedure !== null) parts.push(match.procedure);
  if (match.credentials !== null) parts.push(match.credentials ? 'with credentials' : 'without credentials');
  if (match.fromUs !== undefined && match.fromUs > 0) parts.push(`from ${formatDuration(match.fromUs)}`);
  if (match.toUs !== null) parts.push(`to ${formatDuration(match.toUs)}`);
  if (match.times !== null) parts.push(`at most ${match.times} times`);
  return parts.join(', ');
};

const actionText = (action: WrittenAction): string => {
  if (typeof action === 'string') return action;
  return 'answer' in action ? `answer ${action.answer.status}` : actionName(action);
};
