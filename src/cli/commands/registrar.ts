// `regstorm registrar`: the embedded registrar alone, for trying out user agents and load generators. Runs until a signal.

import type { RegistrarTaskOptions } from '../../coordinator/index.ts';
import { checkDescriptors, createPool, DEFAULT_WORKER, randomSeed, startRegistrar } from '../../coordinator/index.ts';
import { EXIT, UserError } from '../../std/index.ts';
import type { CommandSpec, Given } from '../command.ts';
import { usage, wholeNumber } from '../command.ts';
import { PASSWORD_OPTIONS, readPassword } from '../password-option.ts';
import type { Terminal } from '../terminal.ts';

const LISTEN_DEFAULT = '127.0.0.1:5060';
const PORT_MAX = 65_535;
const USERS_DEFAULT = 100_000;
const DOMAIN_DEFAULT = 'test.example';
const HOUR_SECONDS = 3_600;
const WEEK_SECONDS = 7 * 24 * HOUR_SECONDS;

export const REGISTRAR_COMMAND: CommandSpec = {
  name: 'registrar',
  positional: null,
  describe: 'Run the embedded registrar alone until it is interrupted.',
  options: {
    listen: {
      group: 'Registrar',
      type: 'text',
      value: 'ADDR:PORT',
      describe: `where to listen (default ${LISTEN_DEFAULT})`,
    },
    users: {
      group: 'Registrar',
      type: 'text',
      value: 'N',
      describe: `room for so many users (default ${USERS_DEFAULT})`,
    },
    domain: {
      group: 'Registrar',
      type: 'text',
      value: 'NAME',
      describe: `the domain it serves, and its realm (default ${DOMAIN_DEFAULT})`,
    },
    ...PASSWORD_OPTIONS,
    'min-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'refuse shorter intervals with 423 (default 1)',
    },
    'max-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'grant at most this (default a week)',
    },
    'default-expires': {
      group: 'Registrar',
      type: 'text',
      value: 'SECONDS',
      describe: 'granted when none is asked for (default 3600)',
    },
  },
  examples: [['registrar --listen 127.0.0.1:5070 --password secret', 'with digest authentication']],
  run: (given, terminal) => registrarCommand(given, terminal),
};

const registrarCommand = async (given: Given, terminal: Terminal): Promise<number> => {
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
