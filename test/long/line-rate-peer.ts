// A peer that answers as fast as a thread can send: hundreds of thousands of datagrams a second through the batch transport.
// It counts what it sent and what it heard, so that nothing can be lost between the two ends without being told.
//
// A request is one call of `answer`; between requests `flood` is called again and again, until it says that it is done.

import {
  createUdpTransport,
  type DatagramHandler,
  monotonicNowUs,
  parseIpv4,
  type UdpTransport,
} from '../../src/transport/index.ts';
import { readRequest, type SipRequest } from '../integration/hostile-message.ts';

/** Puts one datagram to where the last request came from into the next batch. */
export type Send = (text: string) => void;

export interface LineRateScript {
  /** `number` counts the datagrams received, from 1. */
  readonly answer: (request: SipRequest, send: Send, number: number) => void;
  /** Called once something was received, with how much of it was sent; false: it is over. It is ended after 2 s. */
  readonly flood?: (send: Send, sent: number) => boolean;
}

export interface PeerCounts {
  readonly sent: number;
  readonly heard: number;
  /** Dropped by the kernel before the peer could read it. */
  readonly overruns: number;
  /** Flooding alone, from its first datagram to its last. */
  readonly floodSeconds: number;
  readonly floodSent: number;
}

export interface LineRatePeer {
  readonly port: number;
  /** Ends it. */
  readonly stop: () => Promise<PeerCounts>;
}

const BUFFER_BYTES = 32 << 20;
const SLAB_BYTES = 8 << 20;
const QUEUE_CAPACITY = 1_024;
const LONGEST_DATAGRAM_BYTES = 65_536;
const FLOOD_CALLS_PER_TURN = 64;
/** A flood ends after this long, so that on any machine it is over before the run is. */
const FLOOD_US_MOST = 2_000_000;
/** Between two looks at the socket when there is nothing to do; nothing is judged by it. */
const IDLE_MS = 1;
const US_PER_SECOND = 1_000_000;

export const startLineRatePeer = async (script: LineRateScript): Promise<LineRatePeer> => {
  const transport = createUdpTransport('udp-batch', { originUs: monotonicNowUs(), queueCapacity: QUEUE_CAPACITY });
  const slab = new Uint8Array(SLAB_BYTES);
  const { flow, localPort } = await transport.open({
    localAddress: parseIpv4('127.0.0.1')!,
    localPort: 0,
    remote: null,
    slab,
    receiveBufferBytes: BUFFER_BYTES,
    sendBufferBytes: BUFFER_BYTES,
  });
  return new Peer(transport, flow, localPort, slab, script);
};

class Peer implements LineRatePeer, DatagramHandler {
  readonly port: number;
  readonly #transport: UdpTransport;
  readonly #flow: number;
  readonly #slab: Buffer;
  readonly #script: LineRateScript;
  #at = 0;
  #queued = 0;
  #sent = 0;
  #heard = 0;
  #address = 0;
  #peerPort = 0;
  #floodFromUs = 0;
  #floodUs = 0;
  #floodSent = 0;
  #isFlooding: boolean;
  #stopped = false;
  readonly #loop: Promise<void>;

  constructor(transport: UdpTransport, flow: number, port: number, slab: Uint8Array, script: LineRateScript) {
    this.#transport = transport;
    this.#flow = flow;
    this.port = port;
    this.#slab = Buffer.from(slab.buffer);
    this.#script = script;
    this.#isFlooding = script.flood !== undefined;
    this.#loop = this.#run();
  }

  async stop(): Promise<PeerCounts> {
    this.#stopped = true;
    await this.#loop;
    // What lies in its queue was heard too, though nobody waits for the answer.
    while (this.#transport.receive(this, QUEUE_CAPACITY) > 0) this.#at = this.#queued = 0;
    const { receiveQueueOverruns } = this.#transport.stats();
    this.#transport.close();
    return {
      sent: this.#sent,
      heard: this.#heard,
      overruns: receiveQueueOverruns,
      floodSeconds: this.#floodUs / US_PER_SECOND,
      floodSent: this.#floodSent,
    };
  }

  onDatagram(
    _flow: number,
    _receivedAtUs: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    peerAddress: number,
    peerPort: number,
  ): void {
    this.#heard++;
    this.#address = peerAddress;
    this.#peerPort = peerPort;
    this.#script.answer(readRequest(bytes.subarray(start, end)), this.#send, this.#heard);
  }

  onSent(_flow: number, count: number): void {
    this.#sent += count;
    this.#queued -= count;
  }

  /** Every datagram counts: one that cannot be sent is a mistake of the test. */
  onRefused(_flow: number, code: string): void {
    throw new Error(`a datagram was refused: ${code}`);
  }

  /** The run has ended, and what was still to be sent with it. */
  onError(): void {
    this.#queued = 0;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const received = this.#transport.receive(this, QUEUE_CAPACITY);
      if (this.#isFlooding && this.#heard > 0) this.#flood();
      this.#flush();
      const isBusy = received > 0 || (this.#isFlooding && this.#heard > 0);
      await new Promise<void>((resume) => void (isBusy ? setImmediate(resume) : setTimeout(resume, IDLE_MS)));
    }
  }

  #flood(): void {
    const startUs = monotonicNowUs();
    if (this.#floodFromUs === 0) this.#floodFromUs = startUs;
    const before = this.#sent + this.#queued;
    for (let call = 0; call < FLOOD_CALLS_PER_TURN && this.#isFlooding; call++) {
      this.#isFlooding = this.#script.flood!(this.#send, this.#floodSent + this.#sent + this.#queued - before);
    }
    this.#floodSent += this.#sent + this.#queued - before;
    this.#floodUs = monotonicNowUs() - this.#floodFromUs;
    if (this.#floodUs > FLOOD_US_MOST) this.#isFlooding = false;
  }

  #send: Send = (text) => {
    if (this.#at + LONGEST_DATAGRAM_BYTES > SLAB_BYTES || this.#queued >= QUEUE_CAPACITY) this.#flush();
    const end = this.#at + this.#slab.write(text, this.#at, 'latin1');
    if (!this.#transport.send(this.#flow, this.#at, end, this.#address, this.#peerPort)) {
      throw new Error('the queue has room for all that is queued');
    }
    this.#queued++;
    this.#at = end;
  };

  #flush(): void {
    while (this.#queued > 0) this.#transport.flush(this);
    this.#at = 0;
  }
}
