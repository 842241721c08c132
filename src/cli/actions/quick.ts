// `regstorm quick URI`: no file needed. With --users or --rate a small load that registers, refreshes and unregisters, and the
// scenario that would do the same; without, a single user, every message shown, and one sentence about what happened.

import type { ProbeDone } from '../../coordinator/index.ts';
import {
  checkDescriptors,
  createPool,
  createStopSwitch,
  DEFAULT_WORKER,
  loadPlan,
  locateTarget,
  lookUpText,
  randomRunId,
  randomSeed,
  runProbe,
  userAgent,
} from '../../coordinator/index.ts';
import type { Override, RunPlan } from '../../scenario/index.ts';
import { parseDuration, parseRate } from '../../scenario/index.ts';
import { assert, EXIT, US_PER_SECOND } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { usage, wholeNumber } from '../command.ts';
import type { DiagnosisFacts } from '../diagnosis.ts';
import { diagnose } from '../diagnosis.ts';
import { executeRun } from '../execute-run.ts';
import { readPassword } from '../password-option.ts';
import type { QuickLoad } from '../quick-scenario.ts';
import { isSingle, parseQuickUri, quickScenario } from '../quick-scenario.ts';
import { readRunSettings } from '../run-settings.ts';
import type { Terminal } from '../terminal.ts';
import { traceText } from '../trace-text.ts';

export const quickCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const load = readLoad(given);
  const text = quickScenario(load);
  const password = readPassword(given, terminal.environment);
  const overrides: Override[] =
    password === null ? [] : [{ path: 'identities.password', value: password, origin: 'the password' }];
  const plan = loadPlan({ file: 'quick', text }, { overrides, environment: {} });
  return isSingle(load) ? trySingle(given, plan, terminal) : runLoad(given, plan, text, terminal);
};

/** Options that only a load has. */
const LOAD_OPTIONS = ['duration', 'workers', 'out', 'format', 'style', 'on-invalid', 'wait-target'] as const;

const readLoad = (given: Given): QuickLoad => {
  const rate = given.text('rate') ?? null;
  const parsedRate = rate === null ? null : parseRate(rate);
  if (parsedRate !== null && !parsedRate.ok) throw usage(`--rate: ${parsedRate.message}`);
  const duration = given.text('duration') ?? null;
  const parsedDuration = duration === null ? null : parseDuration(duration);
  if (parsedDuration !== null && !parsedDuration.ok) throw usage(`--duration: ${parsedDuration.message}`);
  const load: QuickLoad = {
    target: parseQuickUri(given.positionals[0]!),
    domain: given.text('domain') ?? null,
    users: wholeNumber(given, 'users', 1),
    rate,
    rateHz: parsedRate === null ? null : (parsedRate.value.startsPerPeriod * US_PER_SECOND) / parsedRate.value.periodUs,
    duration,
  };
  const misplaced = LOAD_OPTIONS.find((name) => given.text(name) !== undefined);
  if (isSingle(load) && misplaced !== undefined) {
    throw usage(`--${misplaced} needs a load`, 'add --users N or --rate RATE');
  }
  if (!isSingle(load) && load.target.user !== null) {
    throw usage(`a load makes up its own users, so ${load.target.user}@ cannot apply`, 'leave it out');
  }
  return load;
};

const runLoad = async (given: Given, plan: RunPlan, text: string, terminal: Terminal): Promise<number> => {
  const settings = readRunSettings(given);
  if (!settings.quiet) {
    const password = plan.identities.password === null ? '' : '# password: from --password or --password-env\n';
    terminal.err.write(`# The same as a scenario file:\n${text}${password}\n`);
  }
  return executeRun({ plan, scenarioText: text, settings, argv: given.argv, terminal });
};

/** RFC 3261 §17.1.2.2 gives a request 32 s; somebody who watches has seen enough after ten. */
const SINGLE_TIMEOUT_SECONDS = 10;

const trySingle = async (given: Given, plan: RunPlan, terminal: Terminal): Promise<number> => {
  const settings = readRunSettings(given);
  checkDescriptors(1);
  const located = await locateTarget(plan, settings);
  assert(located !== null, 'quick names its target');
  const [target] = located.targets;
  assert(target !== undefined, 'a target that was found has an address');
  const found = lookUpText(located);
  if (found !== null && !settings.quiet) terminal.err.write(`${found}\n`);
  const stop = createStopSwitch();
  const stopListening = terminal.onSignal((signal) => stop.press(signal));
  const pool = createPool(1, DEFAULT_WORKER);
  try {
    const done = await runProbe({
      pool,
      plan,
      target,
      runId: settings.runId ?? randomRunId(),
      seed: settings.seed ?? randomSeed(),
      userAgent: userAgent(),
      timeoutUs: SINGLE_TIMEOUT_SECONDS * US_PER_SECOND,
      stopAtFirstAnswer: false,
      trace: true,
      stop,
    });
    const signal = stop.signal();
    const hasPassword = plan.identities.password !== null;
    const facts = { target: `${target.address}:${target.port}`, hasPassword, interrupted: signal !== null };
    const exitCode = tell(done, { ...facts, waitedSeconds: SINGLE_TIMEOUT_SECONDS }, terminal);
    return signal === null ? exitCode : EXIT[signal];
  } finally {
    stopListening();
    await pool.destroy();
  }
};

const tell = (done: ProbeDone, facts: DiagnosisFacts, terminal: Terminal): number => {
  const diagnosis = diagnose(done, facts);
  terminal.out.write(traceText(done.messages));
  terminal.out.write(`${diagnosis.sentence}\n`);
  if (diagnosis.good) return EXIT.PASS;
  return done.answer === 'answered' ? EXIT.THRESHOLD : EXIT.UNREACHABLE;
};
