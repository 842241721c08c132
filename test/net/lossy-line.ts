// One case from beginning to end: the three hosts, a registrar, the relay, both captures, the run, and then everybody's
// books. It judges nothing.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunResult } from '../../src/metrics/run-result.ts';
import type { KamailioAuth } from '../interop/kamailio.ts';
import { runRegstorm } from '../interop/run-regstorm.ts';
import { type CaptureEnd, startCapture } from './capture.ts';
import { CLIENT, createLine, DEVICE, type Line, REGISTRAR, RELAY_FAR, RELAY_NEAR } from './namespaces.ts';
import {
  DOMAIN,
  PASSWORD,
  PORT,
  type Registrar,
  type Stored,
  startEmbedded,
  startStoringKamailio,
} from './registrars.ts';
import { startRelay } from './relay.ts';
import type { RelayReport } from './relay-options.ts';
import { type ClientTally, type RegistrarTally, tallyClient, tallyRegistrar } from './tally.ts';
import { weather } from './weather.ts';

/** Longer than the last copies need to arrive: the longest way there and back is 260 ms. */
const WAIT = '6s';
/** What passes the relay after the client has ended was sent before, and is through by then. */
const AFTERMATH_MS = 1_000;
const UPSTREAM_SOCKETS = 4;

export interface LossyCase {
  readonly registrar: 'embedded' | KamailioAuth;
  readonly lossShare: number;
  readonly seed: number;
  readonly count: number;
  readonly ratePerSecond: number;
  /** Each has a socket of its own. */
  readonly workers: number;
}

export interface Evidence {
  readonly summary: RunResult;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly relay: RelayReport;
  readonly stored: Stored;
  readonly client: ClientTally;
  readonly atRegistrar: RegistrarTally;
  readonly captures: readonly CaptureEnd[];
  /** What the kernels of client and relay count as lost or refused, if it is not 0. */
  readonly kernelLosses: readonly string[];
  /** The registrar's own doing, behind its capture: it looks like loss to everyone else. */
  readonly registrarQueueDrops: number;
}

const userName = (index: number): string => `u${String(index).padStart(8, '0')}`;

const scenarioOf = ({ count, ratePerSecond }: LossyCase): string => `version: 1
name: lossy-line
target: sip:${RELAY_NEAR}:${PORT}
registrar: sip:${DOMAIN}
identities: { count: ${count}, user: "u{index:8}", domain: ${DOMAIN}, password: ${PASSWORD} }
load: { model: constant-rate, rate: ${ratePerSecond}/s, starts: ${count} }
precheck: none
flow:
  - register: { expires: 3600s }
  - wait: ${WAIT}
`;

const startRegistrar = (line: Line, { registrar, count }: LossyCase): Promise<Registrar> => {
  const inside = line.inside('registrar');
  if (registrar === 'embedded') return startEmbedded(inside, count);
  return startStoringKamailio(
    inside,
    registrar,
    Array.from({ length: count }, (_, i) => userName(i)),
  );
};

export const runLossyCase = async (which: LossyCase): Promise<Evidence> => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-net-'));
  const line = createLine(folder);
  try {
    return await gather(line, which, folder);
  } finally {
    // Ends whatever still runs on the hosts, and removes the captures.
    await line.remove();
  }
};

const gather = async (line: Line, which: LossyCase, folder: string): Promise<Evidence> => {
  const registrar = await startRegistrar(line, which);
  const relay = await startRelay(line.inside('relay'), {
    listen: { address: RELAY_NEAR, port: PORT },
    registrar: { address: REGISTRAR, port: PORT },
    localAddress: RELAY_FAR,
    upstreamSockets: UPSTREAM_SOCKETS,
    seed: which.seed,
    ...weather(which.lossShare),
  });
  const atClient = await startCapture(line.inside('client'), DEVICE, join(folder, 'client.pcap'));
  const atRegistrar = await startCapture(line.inside('registrar'), DEVICE, join(folder, 'registrar.pcap'));

  const withinMs = 120_000 + (which.count / which.ratePerSecond) * 1_000;
  const args = ['--on-invalid', 'warn', '--seed', String(which.seed), '--workers', String(which.workers)];
  const run = await runRegstorm(scenarioOf(which), { args, withinMs, inside: line.inside('client') });

  await pause(AFTERMATH_MS);
  const captures = [await atClient.stop(), await atRegistrar.stop()];
  const report = await relay.stop();
  const kernelLosses = (['client', 'relay'] as const).flatMap((host) => lossesOf(line, host));
  const registrarQueueDrops = line.udpCounters('registrar').RcvbufErrors ?? 0;
  const stored = await registrar.finish();
  return {
    ...run,
    relay: report,
    stored,
    client: tallyClient(join(folder, 'client.pcap'), CLIENT),
    atRegistrar: tallyRegistrar(join(folder, 'registrar.pcap'), REGISTRAR),
    captures,
    kernelLosses,
    registrarQueueDrops,
  };
};

const lossesOf = (line: Line, host: 'client' | 'relay'): readonly string[] =>
  Object.entries(line.udpCounters(host))
    .filter(([name, count]) => count > 0 && /Errors|NoPorts/.test(name))
    .map(([name, count]) => `${host}: ${name} ${count}`);
