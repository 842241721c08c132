// The answering peer on a socket of its own, until the shared cell says stop.

import { parentPort, workerData } from 'node:worker_threads';
import { createUdpTransport, monotonicNowUs } from '../../dist/transport/index.js';
import { answer, createPeer, takeAnswers } from './answering-peer.mjs';

const ANSWERS_MOST = 1024;
const BUFFER_BYTES = 8 << 20;
const WAIT_US = 20_000;

const peer = createPeer({ challenges: workerData.challenges, answersMost: ANSWERS_MOST });
const transport = createUdpTransport('udp-batch', { originUs: monotonicNowUs() });
const { flow, localPort } = await transport.open({
  localAddress: 0x7f000001,
  localPort: 0,
  remote: null,
  slab: peer.bytes,
  receiveBufferBytes: BUFFER_BYTES,
  sendBufferBytes: BUFFER_BYTES,
});
const stop = new SharedArrayBuffer(4);
const isStopped = new Int32Array(stop);
parentPort.postMessage({ port: localPort, stop });

const handler = {
  onDatagram: (_flow, _receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
    answer(peer, bytes, start, end);
    transport.send(flow, peer.ends[peer.count - 1], peer.ends[peer.count], peerAddress, peerPort);
  },
  onSent: () => {},
  onRefused: () => {},
  onError: () => {},
};
while (Atomics.load(isStopped, 0) === 0) {
  transport.receive(handler, ANSWERS_MOST);
  transport.flush(handler);
  takeAnswers(peer);
  transport.waitForInput(transport.nowUs() + WAIT_US);
}
transport.close();
