// Clients of the library and the peers that they speak to, which a test file opens and which are closed behind each of its tests.

import { afterEach } from 'vitest';
import type { InitialRegister, RegistrationClientOptions } from '../../src/index.ts';
import { RegistrationClient, RegistrationError, RegistrationFailure } from '../../src/index.ts';
import { ok } from './hostile-message.ts';
import type { Script, ScriptedPeer } from './hostile-peer.ts';
import { startScriptedPeer } from './hostile-peer.ts';

/** Short, so that a request without an answer fails after two thirds of a second. */
export const SHORT_TIMERS = { t1Ms: 10, t2Ms: 80, t4Ms: 100 };

export const accepting: Script = (request, reply) => reply(ok(request));

export interface ClientTools {
  readonly startPeer: (script: Script, port?: number) => Promise<ScriptedPeer>;
  readonly createClient: (options?: RegistrationClientOptions) => RegistrationClient;
}

/** Called once in a test file. */
export const clientTools = (): ClientTools => {
  const clients: RegistrationClient[] = [];
  const peers: ScriptedPeer[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
  });
  return {
    startPeer: async (script, port) => {
      const peer = await startScriptedPeer(script, port);
      peers.push(peer);
      return peer;
    },
    createClient: (options = {}) => {
      const client = new RegistrationClient(options);
      clients.push(client);
      return client;
    },
  };
};

export const at = (peer: ScriptedPeer, user = 'alice'): InitialRegister => ({
  from: `sip:${user}@test.example`,
  outboundProxy: `127.0.0.1:${peer.port}`,
  expires: 600,
});

/** What a promise rejects with; a promise that resolves fails the test. */
export const reasonOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

export const failureOf = async (promise: Promise<unknown>): Promise<RegistrationFailure> => {
  const error = await reasonOf(promise);
  if (!(error instanceof RegistrationFailure)) throw error;
  return error;
};

export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await reasonOf(promise);
  if (!(error instanceof RegistrationError)) throw error;
  return error.code;
};
