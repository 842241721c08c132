// The registrar task: the embedded registrar on one unconnected socket, until the coordinator says that it is over.

import type { Registrar } from '../registrar/index.ts';
import {
  advance,
  answeredCount,
  bindingCount,
  countersOf,
  createRegistrar,
  drain,
  optionsFor,
  pendingAnswerCount,
  receive,
  registrarEvents,
  released,
} from '../registrar/index.ts';
import type { FlowId, UdpTransport } from '../transport/index.ts';
import { createUdpTransport, monotonicNowUs, parseIpv4, socketBufferWarnings } from '../transport/index.ts';
import type { Control } from './control.ts';
import { attachControl, wantedState } from './control.ts';
import type { RegistrarDone, RegistrarTask } from './messages.ts';
import { STATE_ABORT } from './messages.ts';
import type { Core } from './pump.ts';
import { runPump } from './pump.ts';
import { RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES } from './sockets.ts';

const US_PER_MS = 1000;
const COULD_NOT_OPEN = -1;

export async function runRegistrar(task: RegistrarTask): Promise<RegistrarDone> {
  const { options } = task;
  const portCell = new Int32Array(task.portCell);
  const originUs = monotonicNowUs();
  const registrar = createRegistrar({ ...registrarOptions(task), wallClockOffsetUs: Date.now() * US_PER_MS });
  const transport = createUdpTransport(options.sockets, { originUs });
  try {
    const wanted = { receiveBufferBytes: RECEIVE_BUFFER_BYTES, sendBufferBytes: SEND_BUFFER_BYTES };
    const opened = await transport.open({
      localAddress: parseIpv4(options.address),
      localPort: options.port,
      remote: null,
      slab: registrar.slab,
      ...wanted,
    });
    Atomics.store(portCell, 0, opened.localPort);
    Atomics.notify(portCell, 0);
    await runPump(createRegistrarCore(registrar, transport, opened.flow, attachControl(task.control)), transport);
    return {
      kind: 'registrar-done',
      requests: countersOf(registrar).requests,
      answered: answeredCount(registrar),
      bindings: bindingCount(registrar),
      events: registrarEvents(registrar),
      cpuUs: transport.threadCpuUs(),
      warnings: socketBufferWarnings(wanted, opened),
    };
  } catch (error) {
    Atomics.store(portCell, 0, COULD_NOT_OPEN);
    Atomics.notify(portCell, 0);
    throw error;
  } finally {
    transport.close();
  }
}

function registrarOptions(task: RegistrarTask): Parameters<typeof createRegistrar>[0] {
  const { domain, password, users, behaviour, capacity, seed } = task.options;
  return optionsFor({ domain, password, users, capacity, seed }, behaviour);
}

function createRegistrarCore(registrar: Registrar, transport: UdpTransport, flow: FlowId, control: Control): Core {
  /** Answers that the transport has taken and not yet reported. */
  let offered = 0;
  const release = (count: number): void => {
    offered -= count;
    released(registrar, count);
  };
  const sink = (start: number, end: number, peerAddress: number, peerPort: number): boolean =>
    transport.send(flow, start, end, peerAddress, peerPort);
  return {
    onDatagram: (_flow, _receivedAtUs, bytes, start, end, peerAddress, peerPort) =>
      receive(registrar, transport.nowUs(), bytes, start, end, peerAddress, peerPort),
    onSent: (_flow, count) => release(count),
    onRefused: () => release(1),
    onError: () => release(offered),
    advance: (nowUs) => advance(registrar, nowUs),
    offer: () => {
      offered += drain(registrar, sink);
    },
    isBacklogged: () => offered > 0 || pendingAnswerCount(registrar) > 0,
    isOver: () => wantedState(control) === STATE_ABORT,
    endTurn: () => {},
  };
}
