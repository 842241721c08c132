// A plan in a few lines for people: what `validate` prints, and what stands at the head of a run.

import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import { hasCredentials } from './credential-facts.ts';
import type {
  AttemptStep,
  HoldStep,
  NatMode,
  PlanKeepalive,
  PlanLoad,
  PlanLocal,
  PlanRedirects,
  PlanRetry,
  PlanStep,
  PlanSubscribers,
  PlanTarget,
  PlanWait,
  RedirectRule,
  RunPlan,
} from './plan.ts';
import { type PlanLength, planLength } from './plan-length.ts';
import { formatDuration, formatPercent, formatRate } from './quantities.ts';

export const describePlan = (plan: RunPlan): string => {
  const length = planLength(plan);
  const rows: readonly (readonly [string, string])[] = [
    ['scenario', `${plan.name} (${plan.hash})`],
    ['target', `${targetText(plan.target)}, Request-URI ${requestUriText(plan)}`],
    ['contexts', contextsText(plan, length.contextsStarted)],
    ...(plan.identities.subscribers === undefined
      ? []
      : ([['columns', columnsText(plan.identities.subscribers)]] as const)),
    ...(plan.redirects === undefined ? [] : ([['redirects', redirectsText(plan.redirects)]] as const)),
    ...(saysWherefrom(plan.local) ? ([['sockets', socketsText(plan.local)]] as const) : []),
    ['load', loadText(plan.load)],
    ['flow', plan.flow.map(stepText).join(', ')],
    ['starts', `${grouped(length.starts)}, of which ${grouped(length.measuredStarts)} are measured`],
    ['attempts', attemptsText(length)],
    ['requests', requestsText(length.requestsLeast, length.requestsMost)],
    ...(plan.keepalive === null
      ? []
      : ([['keepalives', keepaliveText(plan.keepalive, plan.identities.count)]] as const)),
    ...natRows(plan),
    ['run time', timeText(plan, length)],
    ['thresholds', plan.thresholds.length === 0 ? 'none' : String(plan.thresholds.length)],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)}  ${text}`).join('\n');
};

/** 1234567 -> 1,234,567, the same in every locale. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const NAT_TEXTS: Readonly<Record<NatMode, string>> = {
  off: 'Contacts stay as they are',
  direct: 'Contacts follow rport and received',
  exosip: 'a Contact that leads nowhere is deleted and registered anew, with three requests instead of one',
};

/** What becomes of Contacts, and whose port changes; nothing where nothing does. */
const natRows = ({ nat, local, identities }: RunPlan): readonly (readonly [string, string])[] => {
  const { rebind } = local;
  if (nat === 'off' && rebind == null) return [];
  if (rebind == null) return [['nat', NAT_TEXTS[nat]]];
  const when = [...new Set([rebind.fromUs, rebind.toUs])].map(formatDuration).join(' to ');
  const some = grouped(Math.round(rebind.share * identities.count));
  return [['nat', `${NAT_TEXTS[nat]}; about ${some} contexts are rebound ${when} into the run`]];
};

const targetText = (target: PlanTarget): string =>
  target.kind === 'embedded' ? 'embedded registrar' : `${target.host}:${target.port}`;

const requestUriText = ({ requestUri, identities }: RunPlan): string =>
  identities.subscribers?.ownRegistrars === true ? 'sip: and the user’s domain' : requestUri;

const contextsText = (plan: RunPlan, started: number): string => {
  const { count, domain } = plan.identities;
  const some = started < count ? ` (${grouped(started)} of them started)` : '';
  const { subscribers } = plan.identities;
  const from = subscribers === undefined ? '' : ` from ${subscribers.file}`;
  const where = subscribers?.hasDomains === true ? `${domain} and other domains` : domain;
  return `${grouped(count)}${some}${from} at ${where}, ${hasCredentials(plan.identities) ? 'digest credentials' : 'no credentials'}`;
};

const columnsText = ({ columns, unused }: PlanSubscribers): string => {
  const used = columns.map(({ name }) => name).join(', ');
  return unused.length === 0 ? used : `${used}; nobody asks for ${unused.join(', ')}`;
};

/** `followed up to 3 times, to 127.0.0.0/8, reg2.test.example` */
const redirectsText = ({ follow, to }: PlanRedirects): string => {
  const where = to === null ? 'the run’s own addresses' : to.map(ruleText).join(', ');
  return `followed up to ${follow} ${follow === 1 ? 'time' : 'times'}, to ${where}`;
};

const ruleText = (rule: RedirectRule): string => {
  const port = rule.port === null ? '' : `:${rule.port}`;
  if (rule.kind === 'name') return rule.host + port;
  const octets = [24, 16, 8, 0].map((shift) => (rule.address >>> shift) & 255).join('.');
  return `${octets}${rule.bits === 32 ? '' : `/${rule.bits}`}${port}`;
};

const saysWherefrom = ({ addresses, firstPort, socketsPerWorker, rebind }: PlanLocal): boolean =>
  addresses.length > 0 || firstPort !== null || socketsPerWorker > 1 || rebind != null;

const socketsText = ({ addresses, firstPort, lastPort, socketsPerWorker, rebind }: PlanLocal): string => {
  const where = addresses.length === 0 ? 'an address of the system’s choice' : addresses.join(', ');
  const ports =
    firstPort === null ? 'any port' : `port ${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`}`;
  const spare = rebind == null ? '' : ' and as many spare ones';
  return `${socketsPerWorker}${spare} per worker, from ${where}, ${ports}`;
};

const loadText = (load: PlanLoad): string => {
  const parts = [`${formatRate(load)} starts`];
  if (load.durationUs !== null) parts.push(`for ${formatDuration(load.durationUs)}`);
  if (load.starts !== null) parts.push(`at most ${grouped(load.starts)}`);
  if (load.warmupUs > 0) parts.push(`warmup ${formatDuration(load.warmupUs)}`);
  if (load.cooldownUs > 0) parts.push(`cooldown ${formatDuration(load.cooldownUs)}`);
  return parts.join(', ');
};

const attemptsText = ({ attempts, flow }: PlanLength): string =>
  flow.hasHold
    ? `about ${grouped(attempts)} (${flow.attemptCount} per start, and the refreshes of its holds)`
    : `${grouped(attempts)} (${flow.attemptCount} per start)`;
/** What the registrar has to expect once all contexts are registered. */
const keepaliveText = ({ kind, per, everyUs, leastUs }: PlanKeepalive, contexts: number): string => {
  const spread =
    leastUs === everyUs ? formatDuration(everyUs) : `${formatDuration(leastUs)} to ${formatDuration(everyUs)}`;
  const perSecond = Math.ceil((contexts * 2 * US_PER_SECOND) / (everyUs + leastUs));
  const most = per === 'context' ? `, up to ${grouped(perSecond)} a second` : '';
  return `${kind} every ${spread} for each ${per}${most}`;
};

const requestsText = (least: number, most: number): string =>
  least === most ? `about ${grouped(least)}` : `${grouped(least)} to ${grouped(most)}, depending on challenges`;

/** Without a duration nothing is cut short: the run goes on until the last flow has ended, and there is no drain. */
const timeText = (plan: RunPlan, { scheduleUs, flow }: PlanLength): string => {
  const cleanup = plan.cleanup === 'none' ? '' : `, then cleanup by ${plan.cleanup}`;
  const starts = `${roughly(scheduleUs)} of starts`;
  if (plan.load.durationUs === null) {
    return `about ${roughly(scheduleUs + flow.waitUs)}: ${starts}, then until the last flow ends${cleanup}`;
  }
  const drain = plan.drainUs === 0 ? '' : ` and at most ${formatDuration(plan.drainUs)} of drain`;
  return `${starts}${drain}${cleanup}`;
};

/** To three digits or so: the last of a million starts is due after 49.99995 s, which is 50 s. */
const roughly = (lengthUs: number): string => {
  const unitUs =
    lengthUs < US_PER_SECOND ? US_PER_MS : lengthUs < 100 * US_PER_SECOND ? 100 * US_PER_MS : US_PER_SECOND;
  return formatDuration(lengthUs < US_PER_MS ? Math.round(lengthUs) : Math.round(lengthUs / unitUs) * unitUs);
};

const stepText = (step: PlanStep): string => {
  switch (step.kind) {
    case 'attempt':
      return step.procedure + failureText(step);
    case 'discard':
      return 'discard';
    case 'wait':
      return `wait ${waitText(step.wait)}`;
    case 'hold':
      return holdText(step);
    case 'repeat':
      return `${step.times} x (${step.steps.map(stepText).join(', ')})`;
  }
};

const holdText = ({ forUs, leastShare, mostShare, marginUs, capUs, refresh }: HoldStep): string => {
  const [least, most] = [formatPercent(leastShare), formatPercent(mostShare)];
  const parts = [`of ${refresh.expiresSeconds}s at ${least === most ? least : `${least.slice(0, -1)}-${most}`}`];
  if (marginUs > 0) parts.push(`at least ${formatDuration(marginUs)} before the end`);
  if (capUs !== null) parts.push(`at most every ${formatDuration(capUs)}`);
  return `hold for ${formatDuration(forUs)} (${parts.join(', ')})`;
};

/** ` (tried again up to 3 times)`, ` (whatever comes of it)`, ` (expecting 403)`, or nothing. */
const failureText = ({ expect, onFailure, retry }: AttemptStep): string => {
  const parts: string[] = [];
  if (expect !== undefined) parts.push(`expecting ${expect.join(' or ')}`);
  if (onFailure === 'continue') parts.push('whatever comes of it');
  if (retry !== undefined && retry.policy !== 'none') {
    parts.push(retryText(retry));
  }
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** How the devices of libeXosip2 do it, or how often. */
const retryText = ({ policy, tries }: PlanRetry): string => {
  const how = policy === 'exosip2' ? 'tried again as libeXosip2 does' : 'tried again';
  return tries === null ? how : `${how} up to ${tries} ${tries === 1 ? 'time' : 'times'}`;
};

const waitText = (wait: PlanWait): string => {
  switch (wait.kind) {
    case 'fixed':
      return formatDuration(wait.lengthUs);
    case 'uniform':
      return `${formatDuration(wait.leastUs)} to ${formatDuration(wait.mostUs)}`;
    case 'exponential':
      return `about ${formatDuration(wait.meanUs)}`;
    case 'ofExpires':
      return `${formatPercent(wait.fraction)} of the expiry time`;
  }
};
