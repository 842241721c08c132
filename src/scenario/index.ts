// What other folders may use of the scenario folder.

export { parseDnsServer, parseDomain, parseRequestUri, targetAt } from './address.ts';
export { defaultBehaviour } from './build-registrar.ts';
export { checkOptions, type OptionKind, type OptionKinds } from './check-options.ts';
export {
  parseContactUri,
  parseMediaType,
  parseParameterName,
  parseParameterValue,
  parseQ,
} from './contact-text.ts';
export { hasCredentials, secretsOf } from './credential-facts.ts';
export { describePlan } from './describe-plan.ts';
export type { EffectiveScenario } from './effective-scenario.ts';
export { effectiveScenario } from './effective-scenario.ts';
export { effectiveYaml } from './effective-text.ts';
export type { ShownIdentity } from './first-identities.ts';
export { firstIdentities } from './first-identities.ts';
export type { FlowFacts } from './flow-facts.ts';
export { flowFacts, holdUs, proceduresOf } from './flow-facts.ts';
export { registrarJsonSchema, scenarioJsonSchema } from './json-schema.ts';
export type { RegistrarSource } from './load-registrar.ts';
export { loadRegistrar } from './load-registrar.ts';
export type { ScenarioSource } from './load-scenario.ts';
export { loadScenario } from './load-scenario.ts';
export type { LocalSocket } from './local-sockets.ts';
export {
  localSocket,
  MAX_SOCKETS_PER_WORKER,
  socketCount,
  socketNumber,
  socketsOfWorker,
  socketsProblem,
  spareSocketNumber,
} from './local-sockets.ts';
export type { DnsAnswer, DnsQuestion, Located, LocatedAddress, Locating, UriTarget } from './locate.ts';
export { continueLocating, isQuestion, noNameIn, startLocating } from './locate.ts';
export type { Environment, Override } from './overrides.ts';
export type { Fault, Parsed } from './parsed.ts';
export type {
  AttemptStep,
  CleanupMode,
  CountMetric,
  HashName,
  HoldStep,
  KeepaliveMetric,
  LatencyMetric,
  PlanAuth,
  PlanBody,
  PlanContact,
  PlanCredential,
  PlanHeader,
  PlanIdentities,
  PlanKeepalive,
  PlanLoad,
  PlanLocal,
  PlanParameter,
  PlanPhone,
  PlanRebind,
  PlanRedirects,
  PlanRequirement,
  PlanRetry,
  PlanSecret,
  PlanStep,
  PlanSubscribers,
  PlanTarget,
  PlanThreshold,
  PlanVerify,
  PlanWait,
  PrecheckMode,
  Procedure,
  Profile,
  RedirectRule,
  RunPlan,
  SocketKind,
  TemplatePart,
  TextTemplate,
  TimerProfile,
  VerifyMetric,
} from './plan.ts';
export type { PlanLength } from './plan-length.ts';
export { attemptsPerSecond, planLength } from './plan-length.ts';
export { planWarnings } from './plan-warnings.ts';
export { applyProfile } from './profile.ts';
export type { Rate } from './quantities.ts';
export {
  formatDuration,
  formatPercent,
  formatRate,
  parseDuration,
  parsePercent,
  parseRate,
  parseWholeNumber,
  ratePerSecond,
} from './quantities.ts';
export type { NamedBytes } from './read-subscribers.ts';
export { redactScenario } from './redact.ts';
export type {
  DigestAlgorithm,
  PlanAction,
  PlanAnswer,
  PlanDelay,
  PlanRestart,
  PlanRule,
  PlanRuleMatch,
  PlanService,
  RegistrarAuth,
  RegistrarBehaviour,
  RegistrarPlan,
} from './registrar-plan.ts';
export type { ListenAddress } from './registrar-schema.ts';
export { parseListen } from './registrar-schema.ts';
export type { Share, StartCursor, StartRate } from './shares.ts';
export {
  advanceStart,
  contextOfRow,
  contextsOfWorker,
  createStartCursor,
  flowOfRow,
  isMeasured,
  MAX_RUN_US,
  MAX_STARTS,
  MAX_STARTS_PER_PERIOD,
  measuredFromUs,
  measuredToUs,
  moveToStart,
  rowOfContext,
  scheduleEndUs,
  startCount,
  startsBefore,
  startTimeUs,
} from './shares.ts';
export type { SubscriberUsers } from './subscriber-values.ts';
export { usersOf } from './subscriber-values.ts';
export { nearestWord } from './suggest.ts';
export type { TargetWeights } from './target-order.ts';
export { MOST_TARGETS, orderTargets } from './target-order.ts';
export type { TargetSlots } from './target-slots.ts';
export { assignSlots } from './target-slots.ts';
export { parseHeaderName, parseUserTemplate } from './template.ts';
export { PROCEDURES, parseThreshold } from './threshold.ts';
export type { UriHeader } from './uri-headers.ts';
export { splitUriHeaders } from './uri-headers.ts';
