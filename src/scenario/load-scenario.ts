// The way in: a scenario's text, with what flags and variables change in it, becomes a frozen RunPlan, or one UserError
// with everything that is wrong with it, in the order of the file.
//
//   text -> openDocument -> applyOverrides -> readTree -> checks between values -> RunPlan
//
// Reading a password from a file is an effect, so the caller hands in a function for it.

import { assert, UserError } from '../std/index.ts';
import { targetAt } from './address.ts';
import type { BuiltCredentials, ReadPassword } from './build-credentials.ts';
import { buildSteps, isWhole, type PartialSteps } from './build-flow.ts';
import { settleHolds } from './build-hold.ts';
import { buildPhone, checkContact, checkRoute } from './build-request.ts';
import {
  checkFlow,
  checkIdentities,
  checkLoad,
  checkLocal,
  checkNat,
  checkTarget,
  checkTexts,
  checkTimers,
  type Has,
  natOf,
  type UnsureScenario,
} from './check-scenario.ts';
import { columnHash, hasCredentials } from './credential-facts.ts';
import { deepFreeze } from './deep-freeze.ts';
import { openDocument, problemAt, sourceOf } from './document.ts';
import { hasRetries, proceduresOf } from './flow-facts.ts';
import { hashPlan } from './hash.ts';
import { nodeNear } from './node-near.ts';
import { applyOverrides, type Environment, environmentOverrides, type Override } from './overrides.ts';
import type { Tell } from './parsed.ts';
import type {
  PlanAuth,
  PlanKeepalive,
  PlanLoad,
  PlanStep,
  PlanSubscribers,
  PlanTarget,
  PlanThreshold,
  RunPlan,
  TextTemplate,
} from './plan.ts';
import { inOrder } from './problem-order.ts';
import { applyProfile, checkProfile } from './profile.ts';
import { readEmbedded } from './read-embedded.ts';
import { readPassword } from './read-password.ts';
import { type NamedBytes, readSubscribers } from './read-subscribers.ts';
import { createTreeReader, readTree, type TreeReader, textOffset } from './read-tree.ts';
import { buildRedirects, checkRedirects } from './redirects.ts';
import { scenarioSchema, type WrittenScenario } from './schema.ts';
import { credentialsFor } from './subscriber-credentials.ts';
import { checkColumns } from './template-columns.ts';
import { parseThreshold } from './threshold.ts';

export interface ScenarioSource {
  /** As the operator named it; `<stdin>` for a stream. */
  readonly file: string;
  readonly text: string;
  /** Flags and `--set`, weakest first: the last one that names a key wins. */
  readonly overrides?: readonly Override[];
  /** REGSTORM_… variables, weaker than any override and stronger than the file. */
  readonly environment?: Environment;
  /** Gives the text of `identities.passwordFile`; may throw a UserError, which is told with its place in the scenario. */
  readonly readSecret?: (path: string) => string;
  /** Gives the text of a body's file; may throw a UserError, as above. */
  readonly readText?: (path: string) => string;
  /** Gives the bytes of `identities.csv`; may throw a UserError, as above. */
  readonly readTable?: (path: string) => NamedBytes;
}

export const loadScenario = (source: ScenarioSource): RunPlan => {
  const document = openDocument(source.file, source.text);
  const environment = environmentOverrides(source.environment ?? {});
  const unplaced = applyOverrides(document, [...environment.overrides, ...(source.overrides ?? [])]);
  const reader = createTreeReader(document);
  reader.problems.push(...document.problems, ...environment.problems, ...unplaced);
  const inFile = (readTree(reader, scenarioSchema) ?? {}) as UnsureScenario;
  const tell: Tell = (path, message) => reader.problems.push(problemAt(document, nodeNear(reader, path), message));
  const has: Has = (path) => reader.keys.has(path);
  const { written, subscribers } = readSubscribers(inFile, { source, has, tell, problems: reader.problems });
  reader.problems.push(...checkColumns(reader, written, subscribers));

  checkIdentities(written, tell);
  checkLoad(written, has, tell);
  checkTimers(written, tell);
  checkLocal(written, tell);
  checkNat(written, tell);
  checkTarget(written, tell);
  checkRedirects(written.redirects, tell);
  checkContact(written.contact, tell);
  checkRoute(written.route, isEmbedded(written.target), tell);
  const flow = readFlow(reader, written, source, tell);
  const thresholds = readThresholds(reader, written, flow);
  const readSecret: ReadPassword = (path, at) => readPassword(source, path, at, tell);
  const credentials = credentialsFor(written, subscribers, { has, tell, readPassword: readSecret });
  const embedded = readEmbedded(written, {
    ...{ source, tell },
    isChallengeable: hasCredentials(credentials),
    ha1: columnHash(credentials),
  });
  if (reader.problems.length > 0) throw new UserError('SCENARIO_INVALID', inOrder(reader.problems));
  assert(flow !== null, 'a scenario without problems has a flow');
  const hasBudget = has('retryBudget');
  const read = { hasBudget, flow, thresholds, credentials, embedded, subscribers };
  return buildPlan(source.file, written as WholeScenario, read);
};

/** The plan's steps; null when the flow could not be read at all or only in part. */
const readFlow = (
  reader: TreeReader,
  written: UnsureScenario,
  { readText }: ScenarioSource,
  tell: Tell,
): readonly PlanStep[] | null => {
  const steps = written.flow as PartialSteps | undefined;
  if (steps === undefined) return null;
  const before = reader.problems.length;
  const profile = written.profile ?? 'rfc3261';
  checkProfile(steps, 'flow', profile, tell);
  const maker = { tell, profile, requests: { managed: written.contact, readText } };
  const flow = applyProfile(settleHolds(buildSteps(steps, 'flow', maker)), profile);
  if (reader.problems.length > before || !isWhole(steps)) return null;
  checkFlow(flow, tell);
  checkTexts(flow, written, tell);
  return flow;
};

const NO_VERIFY =
  'the scenario has no verify, so this threshold could never be met; add for example verify: {sample: 1%}';

/** Why a threshold on keepalives could never be met; null: it can. */
const keepaliveFault = ({ keepalive }: UnsureScenario, { metric }: PlanThreshold): string | null => {
  if (keepalive === undefined) {
    return 'the scenario has no keepalive, so this threshold could never be met; add for example keepalive: {kind: options}';
  }
  if (keepalive.kind !== 'crlf' || metric === 'sent') return null;
  return `nobody answers keepalives of kind crlf, so none can be ${metric}; use stun or options`;
};

const readThresholds = (
  reader: TreeReader,
  written: UnsureScenario,
  flow: readonly PlanStep[] | null,
): readonly PlanThreshold[] => {
  const { document } = reader;
  const procedures: readonly string[] | null = flow === null ? null : [...proceduresOf(flow), 'all'];
  const thresholds: PlanThreshold[] = [];
  for (const [index, text] of ((written.thresholds ?? []) as readonly (string | undefined)[]).entries()) {
    const node = reader.nodes.get(`thresholds.${index}`);
    if (text === undefined || node === undefined) continue;
    const threshold = parseThreshold(text, sourceOf(document, node));
    if (!threshold.ok) {
      reader.problems.push(
        problemAt(document, node, threshold.message, textOffset(reader, node, text, threshold.offset)),
      );
    } else if (threshold.value.scope === 'keepalive') {
      const why = keepaliveFault(written, threshold.value);
      if (why === null) thresholds.push(threshold.value);
      else reader.problems.push(problemAt(document, node, why, textOffset(reader, node, text, 0)));
    } else if (threshold.value.scope === 'verify') {
      if (reader.keys.has('verify')) thresholds.push(threshold.value);
      else reader.problems.push(problemAt(document, node, NO_VERIFY, textOffset(reader, node, text, 0)));
    } else if (procedures !== null && !procedures.includes(threshold.value.scope)) {
      const message = `the flow has no step ${threshold.value.scope}, so this threshold could never be met`;
      reader.problems.push(problemAt(document, node, message, textOffset(reader, node, text, 0)));
    } else thresholds.push(threshold.value);
  }
  return thresholds;
};

/** By now the file, or another that it names, has said who the users are. */
type WholeScenario = Omit<WrittenScenario, 'identities'> & {
  readonly identities: WrittenScenario['identities'] & {
    readonly count: number;
    readonly user: TextTemplate;
    readonly domain: string;
  };
};

interface Read {
  /** The file names a budget for retries. A fleet of libeXosip2's devices has none of its own. */
  readonly hasBudget: boolean;
  readonly flow: readonly PlanStep[];
  readonly thresholds: readonly PlanThreshold[];
  readonly credentials: BuiltCredentials;
  readonly embedded: PlanTarget | null;
  readonly subscribers: PlanSubscribers | null;
}

const authOf = ({ reuseNonce, checkRspauth }: WrittenScenario['auth']): PlanAuth =>
  checkRspauth ? { reuseNonce, checkRspauth } : { reuseNonce };

const buildPlan = (file: string, written: WholeScenario, read: Read): RunPlan => {
  const { identities, timers, local } = written;
  const { count, first, user, domain, displayName, to } = identities;
  const { contact, userAgent, route } = written;
  const target = read.embedded ?? targetOf(written);
  const nat = natOf(written.nat);
  const phone = buildPhone({ contact, displayName, userAgent, to, route }, target);
  const work = {
    version: 1,
    requestUri: written.registrar?.text ?? `sip:${domain}`,
    ...(phone === undefined ? {} : { phone }),
    identities: {
      ...{ count, first, user, domain, ...read.credentials },
      ...(read.subscribers === null ? {} : { subscribers: read.subscribers }),
    },
    auth: authOf(written.auth),
    ...buildRedirects(written.redirects),
    load: buildLoad(written.load),
    flow: read.flow,
    profile: written.profile,
    ...(hasRetries(read.flow)
      ? { retryBudget: read.hasBudget || written.profile !== 'exosip2' ? written.retryBudget : null }
      : {}),
    timers: { t1Us: timers.T1, t2Us: timers.T2, t4Us: timers.T4 },
    drainUs: written.drain,
    verify: written.verify === undefined ? null : { sampleShare: written.verify.sample },
    cleanup: written.cleanup,
  } as const;
  return deepFreeze({
    ...work,
    name: written.name ?? nameOf(file),
    file,
    hash: hashPlan({ ...work, nat: nat.mode, local: { rebind: nat.rebind } }),
    target,
    precheck: written.precheck,
    incoming: { notify: written.incoming.notify },
    keepalive: keepaliveOf(written),
    nat: nat.mode,
    advertise: local.advertise ?? null,
    local: {
      addresses: local.addresses ?? [],
      firstPort: local.ports?.first ?? null,
      lastPort: local.ports?.last ?? null,
      socketsPerWorker: local.socketsPerWorker,
      ...(nat.rebind === null ? {} : { rebind: nat.rebind }),
      sockets: local.sockets,
      maxBurst: local.maxBurst ?? null,
      segmentation: local.segmentation,
    },
    thresholds: read.thresholds,
    seed: written.seed ?? null,
  });
};

const keepaliveOf = ({ keepalive }: WrittenScenario): PlanKeepalive | null => {
  if (keepalive === undefined) return null;
  const { kind, per, every, jitter } = keepalive;
  return { kind, per, everyUs: every, leastUs: Math.floor(every * (1 - jitter)) };
};

const buildLoad = (load: WrittenScenario['load']): PlanLoad => ({
  model: load.model,
  startsPerPeriod: load.rate.startsPerPeriod,
  periodUs: load.rate.periodUs,
  starts: load.starts ?? null,
  durationUs: load.duration ?? null,
  warmupUs: load.warmup,
  cooldownUs: load.cooldown,
});

const isEmbedded = (target: UnsureScenario['target']): boolean => {
  const hop = target !== undefined && 'kind' in target ? target : target?.uri;
  return hop?.kind === 'embedded';
};

const targetOf = (written: WholeScenario): PlanTarget => {
  const { target } = written;
  if (target !== undefined && 'kind' in target) return target;
  const hop = target?.uri ?? registrarOf(written);
  return hop.kind === 'embedded' || target?.dns === undefined ? hop : { ...hop, dns: target.dns };
};

/** Without a target the registrar itself is the next hop (RFC 3261 §8.1.2). */
const registrarOf = ({ registrar, identities: { domain } }: WholeScenario): PlanTarget =>
  targetAt(registrar?.text ?? `sip:${domain}`, {
    host: registrar?.host ?? domain,
    port: registrar?.port ?? null,
    namesTransport: registrar?.namesTransport ?? false,
  });

/** `scenarios/quick start.yaml` -> `quick-start`; `<stdin>` -> `stdin`. */
const nameOf = (file: string): string => {
  const base = file.split(/[\\/]/).at(-1) ?? '';
  const name = base
    .replace(/\.ya?ml$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '');
  return name === '' ? 'scenario' : name.slice(0, 64);
};
