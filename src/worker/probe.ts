// The probe task: the plan's first identity alone, on its own socket, before any load and outside all counts. The precheck asks whether
// anything answers; `quick` with one user wants to see every message.

import type { Engine } from '../engine/index.ts';
import { attachFlow, createEngine, outboxCapacity } from '../engine/index.ts';
import { attachMetricsBlock } from '../metrics/index.ts';
import { createSipMessage, PARSE_OK, parseMessage } from '../sip/index.ts';
import { assert, decodeUtf8 } from '../std/index.ts';
import { formatIpv4, monotonicNowUs } from '../transport/index.ts';
import { attachControl, wantedState } from './control.ts';
import { createEngineCore } from './engine-core.ts';
import type { ProbeDone, ProbeTask, TracedMessage } from './messages.ts';
import { STATE_ABORT } from './messages.ts';
import type { Core } from './pump.ts';
import { runPump } from './pump.ts';
import { createClientTransport, openClientSockets } from './sockets.ts';

/** What has happened so far. */
interface Heard {
  answer: ProbeDone['answer'];
  status: number | null;
  readonly messages: TracedMessage[];
}

export async function runProbe(task: ProbeTask): Promise<ProbeDone> {
  const { runId, seed, userAgent } = task;
  const plan = { ...task.plan, local: { ...task.plan.local, socketsPerWorker: 1, rebind: null } };
  const metrics = attachMetricsBlock(task.metrics);
  const engine = createEngine({ plan, workerIndex: 0, workerCount: 1, runId, seed, userAgent, metrics });
  const transport = createClientTransport(plan.local, outboxCapacity(engine));
  try {
    const { local } = plan;
    const { outbox } = engine.flows[0]!;
    const place = { local, workerIndex: 0, workerCount: 1, targets: [task.target] };
    const [socket] = await openClientSockets(transport, place, [outbox.slab]);
    assert(socket !== undefined, 'a probe has one socket');
    attachFlow(engine, socket.flow, socket.sentBy);
    transport.setOrigin(monotonicNowUs());
    const heard: Heard = { answer: 'silent', status: null, messages: [] };
    const control = attachControl(task.control);
    const isStopped = (nowUs: number): boolean =>
      nowUs >= task.timeoutUs ||
      wantedState(control) === STATE_ABORT ||
      heard.answer === 'refused' ||
      (task.stopAtFirstAnswer && heard.answer === 'answered');
    const core = createEngineCore({ engine, transport, metrics, isStopped });
    await runPump(listen(core, { outbox, heard, trace: task.trace }), transport);
    return {
      kind: 'probe-done',
      answer: heard.answer,
      status: heard.status,
      localAddress: formatIpv4(socket.localAddress),
      localPort: socket.localPort,
      transport: transport.kind,
      messages: heard.messages,
      warnings: socket.warnings,
    };
  } finally {
    transport.close();
  }
}

interface Listening {
  readonly outbox: Engine['flows'][number]['outbox'];
  readonly heard: Heard;
  readonly trace: boolean;
}

/** The same core, overheard. */
function listen(core: Core, { outbox, heard, trace }: Listening): Core {
  const message = createSipMessage();
  return {
    ...core,
    onDatagram: (flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
      if (heard.status === null && parseMessage(bytes, start, end, message) === PARSE_OK && message.isResponse) {
        heard.status = message.status;
      }
      heard.answer = 'answered';
      if (trace)
        heard.messages.push({ direction: 'received', atUs: receivedAtUs, text: decodeUtf8(bytes, start, end) });
      core.onDatagram(flow, receivedAtUs, bytes, start, end, peerAddress, peerPort);
    },
    onSent: (flow, count, sentAtUs) => {
      for (let entry = outbox.first; trace && entry < outbox.first + count; entry++) {
        const index = entry & outbox.mask;
        const text = decodeUtf8(outbox.slab, outbox.start[index] ?? 0, outbox.stop[index] ?? 0);
        heard.messages.push({ direction: 'sent', atUs: sentAtUs, text });
      }
      core.onSent(flow, count, sentAtUs);
    },
    onError: (flow, code) => {
      if (heard.answer === 'silent') heard.answer = 'refused';
      core.onError(flow, code);
    },
  };
}
