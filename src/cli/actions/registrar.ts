// `regstorm registrar [FILE]`: the embedded registrar alone, for trying out user agents and load generators. Runs until a signal.
// Flags are put into the file before it is read, so that one checker judges all; without a file they stand alone.

import type { RegistrarTaskOptions } from '../../coordinator/index.ts';
import {
  checkDescriptors,
  createPool,
  DEFAULT_WORKER,
  loadRegistrarFile,
  randomSeed,
  startRegistrar,
} from '../../coordinator/index.ts';
import type { Override, RegistrarPlan } from '../../scenario/index.ts';
import { parseListen } from '../../scenario/index.ts';
import { EXIT, UserError } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { usage, wholeNumber } from '../command.ts';
import { readPassword } from '../password-option.ts';
import { DOMAIN_DEFAULT, LISTEN_DEFAULT, USERS_DEFAULT } from '../registrar-defaults.ts';
import type { Terminal } from '../terminal.ts';

export const registrarCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const options = taskOptions(readPlan(given, terminal));
  checkDescriptors(1);
  const pool = createPool(1, DEFAULT_WORKER);
  try {
    const registrar = await startRegistrar(pool, options);
    const { address, port } = registrar.target;
    terminal.out.write(`listening on ${address}:${port} (UDP), domain ${options.domain}, ${howItBehaves(options)}\n`);
    const stopListening = terminal.onSignal(() => void registrar.stop());
    const end = await registrar.ended;
    stopListening();
    if (end instanceof UserError) throw end;
    for (const warning of end.warnings) terminal.err.write(`warning: ${warning}\n`);
    const { requests, answered, bindings } = end;
    terminal.out.write(`${requests} requests received, ${answered} requests answered, ${bindings} bindings left\n`);
    for (const line of end.events) terminal.out.write(`${line}\n`);
    return EXIT.PASS;
  } finally {
    await pool.destroy();
  }
};

const howItBehaves = ({ password, behaviour }: RegistrarTaskOptions): string => {
  const isChallenging = (behaviour.auth?.password ?? password) !== null;
  const parts = [isChallenging ? 'digest authentication' : 'no authentication'];
  const { rules, restarts, service } = behaviour;
  if (rules.length > 0) parts.push(rules.length === 1 ? '1 rule' : `${rules.length} rules`);
  if (restarts.length > 0) parts.push(restarts.length === 1 ? '1 restart' : `${restarts.length} restarts`);
  if (service !== null) parts.push('limited service');
  return parts.join(', ');
};

const readPlan = (given: Given, terminal: Terminal): RegistrarPlan => {
  const overrides = readOverrides(given, terminal);
  return loadRegistrarFile(given.positionals[0] ?? null, overrides, terminal);
};

const readOverrides = (given: Given, terminal: Terminal): readonly Override[] => {
  const limits = {
    min: wholeNumber(given, 'min-expires', 1),
    max: wholeNumber(given, 'max-expires', 1),
    default: wholeNumber(given, 'default-expires', 1),
  };
  const users = wholeNumber(given, 'users', 1);
  const listen = given.text('listen');
  if (listen !== undefined) checkListen(listen);
  if ((limits.min ?? 1) > (limits.max ?? Number.POSITIVE_INFINITY)) {
    throw usage('--min-expires is more than --max-expires');
  }
  const password = readPassword(given, terminal.environment);
  const texts: readonly (readonly [string, string | null, string])[] = [
    ['listen', listen ?? null, '--listen'],
    ['domain', given.text('domain') ?? null, '--domain'],
    ['users', users === null ? null : String(users), '--users'],
    ['auth.password', password, given.text('password') === undefined ? '--password-env' : '--password'],
    ['expires.min', limits.min === null ? null : `${limits.min}s`, '--min-expires'],
    ['expires.max', limits.max === null ? null : `${limits.max}s`, '--max-expires'],
    ['expires.default', limits.default === null ? null : `${limits.default}s`, '--default-expires'],
  ];
  return texts.flatMap(([path, value, origin]) => (value === null ? [] : [{ path, value, origin }]));
};

const checkListen = (text: string): void => {
  if (parseListen(text).ok) return;
  throw usage(`--listen: "${text}" is not an address and a port`, `write IPv4:port, for example ${LISTEN_DEFAULT}`);
};

const taskOptions = (plan: RegistrarPlan): RegistrarTaskOptions => {
  const listen = plan.listen ?? defaultListen();
  return {
    ...listen,
    domain: plan.domain ?? DOMAIN_DEFAULT,
    password: null,
    users: null,
    behaviour: plan.behaviour,
    capacity: plan.users ?? USERS_DEFAULT,
    seed: plan.seed ?? randomSeed(),
    sockets: 'auto',
  };
};

const defaultListen = (): { readonly address: string; readonly port: number } => {
  const [address = '', port = ''] = LISTEN_DEFAULT.split(':');
  return { address, port: Number(port) };
};
