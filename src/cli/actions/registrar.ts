// `regstorm registrar`: the embedded registrar alone, for trying out user agents and load generators. Runs until a signal.

import type { RegistrarTaskOptions } from '../../coordinator/index.ts';
import { checkDescriptors, createPool, DEFAULT_WORKER, randomSeed, startRegistrar } from '../../coordinator/index.ts';
import { EXIT, UserError } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { usage, wholeNumber } from '../command.ts';
import { readPassword } from '../password-option.ts';
import { DOMAIN_DEFAULT, LISTEN_DEFAULT, USERS_DEFAULT } from '../registrar-defaults.ts';
import type { Terminal } from '../terminal.ts';

const PORT_MAX = 65_535;
const HOUR_SECONDS = 3_600;
const WEEK_SECONDS = 7 * 24 * HOUR_SECONDS;

export const registrarCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const options = readOptions(given, terminal);
  checkDescriptors(1);
  const pool = createPool(1, DEFAULT_WORKER);
  try {
    const registrar = await startRegistrar(pool, options);
    const { address, port } = registrar.target;
    const how = options.password === null ? 'no authentication' : 'digest authentication';
    terminal.out.write(`listening on ${address}:${port} (UDP), domain ${options.domain}, ${how}\n`);
    const stopListening = terminal.onSignal(() => void registrar.stop());
    const end = await registrar.ended;
    stopListening();
    if (end instanceof UserError) throw end;
    for (const warning of end.warnings) terminal.err.write(`warning: ${warning}\n`);
    terminal.out.write(`${end.requests} requests answered, ${end.bindings} bindings left\n`);
    return EXIT.PASS;
  } finally {
    await pool.destroy();
  }
};

const readOptions = (given: Given, terminal: Terminal): RegistrarTaskOptions => {
  const limits = {
    minExpiresSeconds: wholeNumber(given, 'min-expires', 1) ?? 1,
    maxExpiresSeconds: wholeNumber(given, 'max-expires', 1) ?? WEEK_SECONDS,
    defaultExpiresSeconds: wholeNumber(given, 'default-expires', 1) ?? HOUR_SECONDS,
  };
  if (limits.minExpiresSeconds > limits.maxExpiresSeconds) throw usage('--min-expires is more than --max-expires');
  return {
    ...parseListen(given.text('listen') ?? LISTEN_DEFAULT),
    ...limits,
    domain: given.text('domain') ?? DOMAIN_DEFAULT,
    password: readPassword(given, terminal.environment),
    capacity: wholeNumber(given, 'users', 1) ?? USERS_DEFAULT,
    seed: randomSeed(),
    sockets: 'auto',
  };
};

const parseListen = (text: string): { address: string; port: number } => {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > PORT_MAX || match[1]!.split('.').some((octet) => Number(octet) > 255)) {
    throw usage(`--listen: "${text}" is not an address and a port`, `write IPv4:port, for example ${LISTEN_DEFAULT}`);
  }
  return { address: match[1]!, port };
};
