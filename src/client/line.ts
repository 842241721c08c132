// One next hop of a client: an engine that takes commands, a socket connected to each of its addresses, and the pump, on the event loop
// of the thread that made it. A registration has a row of it, which is a context of the engine.
//
//   Registration -- start(row, command) --> engine -- bytes --> socket
//        ^                                    |
//        +------- news, after the turn -------+         the engine is never called from the midst of its own work
//
// Left out on purpose: what a registration does next. It is told what happened, and when it asked to be woken.

import type { Command, EndedTransaction, Engine, LocatedName } from '../engine/index.ts';
import {
  abort,
  commandAttempt,
  exosipRefreshUs,
  exosipRetryUs,
  forgetContext,
  forgetCredentials,
  isIdle,
  NO_PONG,
  NOT_MAPPED,
} from '../engine/index.ts';
import type { MetricsBlock } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { assert, decodeUtf8, NEVER_US } from '../std/index.ts';
import type { UdpTransport } from '../transport/index.ts';
import { formatIpv4 } from '../transport/index.ts';
import type { ClientSocket, Core } from '../worker/index.ts';
import { createEngineCore, runPump } from '../worker/index.ts';
import type { MappingEvent } from './events.ts';
import type { LineTargets } from './line-targets.ts';
import { createLineTargets } from './line-targets.ts';
import type { LocatedPlaces } from './locate.ts';
import type { Endpoint, MessageReport } from './reports.ts';
import type { Response } from './response.ts';
import { readResponse } from './response.ts';

/** What a registration hears from its line. */
export interface LineListener {
  /** A request has had its answer, or ended without one. */
  transactionEnded(ended: EndedTransaction, how: string, response: Response | null): void;
  /** The attempt has ended, and another one may be started. */
  attemptEnded(cause: string, endUs: number, wireUs: number): void;
  /** A keepalive was answered after so long; null: it was lost. */
  keepaliveEnded(roundTripUs: number | null): void;
  /** The time has come that it asked for. */
  wake(): void;
  /** Nothing more will come: the line is closed, or broken. */
  lineEnded(error: unknown): void;
}

export interface LineOptions {
  readonly plan: RunPlan;
  readonly runId: string;
  readonly located: LocatedPlaces;
  /** Looks the next hop up again. */
  readonly look: () => Promise<LocatedPlaces>;
  /** Where the names are that redirects may lead to. */
  readonly redirectNames: readonly LocatedName[];
  /** Decides, with a registration's row, in which order it tries the targets. */
  readonly seed: number;
  /** Zero of all times: CLOCK_MONOTONIC when the client was made, microseconds. */
  readonly originUs: number;
  /** Null: nobody listens to messages. */
  readonly onMessage: ((message: MessageReport) => void) | null;
  readonly onMapping: (mapping: MappingEvent) => void;
}

export interface LineParts {
  readonly options: LineOptions;
  readonly engine: Engine;
  readonly metrics: MetricsBlock;
  readonly transport: UdpTransport;
  /** To the most preferred target; those to the others have the same local address. */
  readonly socket: ClientSocket;
  /** Opens sockets to where redirects lead, once a turn; null: none is followed. */
  readonly openPlaces: (() => void) | null;
}

/** What a message is, apart from its bytes. */
interface Heard {
  readonly direction: MessageReport['direction'];
  readonly flow: number;
  readonly atUs: number;
}

/** Something that a registration is to be told after the turn. */
interface News {
  readonly row: number;
  /** Only once the context may be commanded again. */
  readonly isEnd: boolean;
  readonly tell: (listener: LineListener) => void;
}

export class Line {
  readonly local: Endpoint;
  readonly runId: string;
  readonly plan: RunPlan;
  readonly metrics: MetricsBlock;
  readonly #engine: Engine;
  readonly #transport: UdpTransport;
  readonly #targets: LineTargets;
  readonly #onMessage: ((message: MessageReport) => void) | null;
  readonly #onMapping: (mapping: MappingEvent) => void;
  readonly #listeners = new Map<number, LineListener>();
  readonly #freeRows: number[];
  readonly #wakes = new Map<number, number>();
  readonly #openPlaces: (() => void) | null;
  readonly #pumping: Promise<void>;
  #news: News[] = [];
  #nextWakeUs = NEVER_US;
  #seen: Endpoint | null = null;
  #datagram: { readonly bytes: Uint8Array; readonly start: number; readonly end: number } | null = null;
  #isClosing = false;
  #isOver = false;

  constructor({ options, engine, metrics, transport, socket, openPlaces }: LineParts) {
    this.local = { address: formatIpv4(socket.localAddress), port: socket.localPort };
    this.runId = options.runId;
    this.plan = options.plan;
    this.metrics = metrics;
    this.#engine = engine;
    this.#transport = transport;
    const { located, look } = options;
    this.#targets = createLineTargets({ engine, transport, located, look });
    this.#onMessage = options.onMessage;
    this.#openPlaces = openPlaces;
    this.#onMapping = options.onMapping;
    this.#freeRows = Array.from({ length: engine.contexts.count }, (_, row) => row).reverse();
    this.#pumping = this.#pump();
  }

  /** Where a flow leads. */
  remoteOf(flow: number): Endpoint {
    return this.#targets.remoteOf(flow);
  }

  /** To be waited for before an attempt; null: the next hop's addresses hold still. */
  renew(): Promise<void> | null {
    return this.#targets.renew();
  }

  /** A row for the registration, or null when all are taken. */
  claim(listener: LineListener): number | null {
    const row = this.#freeRows.pop();
    if (row === undefined) return null;
    this.#listeners.set(row, listener);
    return row;
  }

  /** Ends what is under way without a word, and gives the row back. */
  release(row: number): void {
    if (!this.#listeners.delete(row)) return;
    this.#news = this.#news.filter((news) => news.row !== row);
    this.wakeAt(row, NEVER_US);
    if (this.#isOver) return;
    forgetContext(this.#engine, this.nowUs(), row);
    // Rows go round, so that a late answer meets a context that has been idle for as long as possible.
    this.#freeRows.unshift(row);
  }

  /** False when the request would be too long. */
  start(row: number, command: Command): boolean {
    assert(isIdle(this.#engine, row), 'a registration has one attempt at a time');
    this.wakeAt(row, NEVER_US);
    const isTaken = commandAttempt(this.#engine, this.nowUs(), row, command);
    this.#transport.wake();
    return isTaken;
  }

  /** The registration's credentials have changed: nonce and H(A1) are forgotten. */
  forgetCredentials(row: number): void {
    forgetCredentials(this.#engine, row);
  }

  /** The listener is woken once, then; NEVER_US takes it back. */
  wakeAt(row: number, atUs: number): void {
    if (atUs === NEVER_US) this.#wakes.delete(row);
    else this.#wakes.set(row, atUs);
    this.#nextWakeUs = Math.min(NEVER_US, ...this.#wakes.values());
  }

  /** What the context's binding was granted, in seconds; 0 when it has none. */
  grantedSeconds(row: number): number {
    const { grantedSeconds, mayBeBound } = this.#engine.contexts;
    return mayBeBound[row] === 1 ? (grantedSeconds[row] ?? 0) : 0;
  }

  /** When a device of libeXosip2 would refresh what was granted last, and try again what failed last; null: it is none. */
  deviceTimes(row: number): { readonly refreshUs: number; readonly retryUs: number } | null {
    const { exosip } = this.#engine;
    if (exosip === null) return null;
    return { refreshUs: exosipRefreshUs(exosip, row), retryUs: exosipRetryUs(exosip, row) };
  }

  nowUs(): number {
    return this.#transport.nowUs();
  }

  /** Sends nothing more; what is under way ends as aborted. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#isOver) this.#transport.wake();
    await this.#pumping;
  }

  noteTransaction(ended: EndedTransaction, how: string, isAnswered: boolean): void {
    const datagram = this.#datagram;
    const response =
      isAnswered && datagram !== null ? readResponse(datagram.bytes, datagram.start, datagram.end) : null;
    const tell = (listener: LineListener): void => listener.transactionEnded(ended, how, response);
    this.#news.push({ row: ended.context, isEnd: false, tell });
  }

  noteAttempt(context: number, cause: string, endUs: number, wireUs: number): void {
    const tell = (listener: LineListener): void => listener.attemptEnded(cause, endUs, wireUs);
    this.#news.push({ row: context, isEnd: true, tell });
  }

  noteKeepalive(context: number, roundTripUs: number): void {
    const roundTrip = roundTripUs === NO_PONG ? null : roundTripUs;
    this.#news.push({ row: context, isEnd: false, tell: (listener) => listener.keepaliveEnded(roundTrip) });
  }

  async #pump(): Promise<void> {
    try {
      await runPump(this.#core(), this.#transport);
      this.#end(null);
    } catch (error) {
      this.#end(error);
      // A mistake of our own, or of a function of the caller's: nobody waits for this promise, and it must not be silent.
      queueMicrotask(() => {
        throw error;
      });
    } finally {
      this.#transport.close();
    }
  }

  /** The engine's own core, overheard, with the registrations' times among its deadlines. */
  #core(): Core {
    const engine = this.#engine;
    const { metrics } = this;
    const core = createEngineCore({ engine, transport: this.#transport, metrics, isStopped: () => this.#isClosing });
    return {
      ...core,
      onDatagram: (flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
        this.#tell({ direction: 'received', flow, atUs: receivedAtUs }, bytes, start, end);
        this.#datagram = { bytes, start, end };
        core.onDatagram(flow, receivedAtUs, bytes, start, end, peerAddress, peerPort);
        this.#datagram = null;
      },
      onSent: (flow, count, sentAtUs) => {
        this.#tellSent(flow, count, sentAtUs);
        core.onSent(flow, count, sentAtUs);
      },
      advance: (nowUs) => {
        this.#wakeDue(nowUs);
        // Who was woken may have commanded something, at a time of its own.
        return Math.min(core.advance(Math.max(nowUs, engine.nowUs)), this.#nextWakeUs);
      },
      endTurn: (nowUs, turnUs) => {
        core.endTurn(nowUs, turnUs);
        this.#openPlaces?.();
        this.#noteMapping();
        this.#deliver();
      },
    };
  }

  /** All sockets of a line are one to a NAT, and the first flow keeps what was learned of it. */
  #noteMapping(): void {
    const { mappedAddress, mappedPort } = this.#engine.flows[0]!;
    if (mappedAddress === NOT_MAPPED) return;
    const before = this.#seen;
    const seen = { address: formatIpv4(mappedAddress), port: mappedPort };
    if (before !== null && before.address === seen.address && before.port === seen.port) return;
    this.#seen = seen;
    this.#onMapping({ local: this.local, seen, before });
  }

  #wakeDue(nowUs: number): void {
    if (this.#nextWakeUs > nowUs) return;
    for (const [row, atUs] of [...this.#wakes]) {
      if (atUs > nowUs) continue;
      this.wakeAt(row, NEVER_US);
      this.#listeners.get(row)?.wake();
    }
  }

  /** A context that has ended its attempt is idle after the turn, unless others wait for room before it: then the news wait as well. */
  #deliver(): void {
    const news = this.#news;
    this.#news = [];
    for (const each of news) {
      const listener = this.#listeners.get(each.row);
      if (listener === undefined) continue;
      if (each.isEnd && !isIdle(this.#engine, each.row)) this.#news.push(each);
      else each.tell(listener);
    }
  }

  #end(error: unknown): void {
    abort(this.#engine, this.nowUs());
    this.#isOver = true;
    this.#targets.end();
    this.#deliver();
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    this.#wakes.clear();
    for (const listener of listeners) listener.lineEnded(error);
  }

  #tellSent(flow: number, count: number, sentAtUs: number): void {
    const { outbox } = this.#engine.flows[flow]!;
    for (let entry = outbox.first; this.#onMessage !== null && entry < outbox.first + count; entry++) {
      const index = entry & outbox.mask;
      this.#tell({ direction: 'sent', flow, atUs: sentAtUs }, outbox.slab, outbox.start[index]!, outbox.stop[index]!);
    }
  }

  #tell({ direction, flow, atUs }: Heard, bytes: Uint8Array, start: number, end: number): void {
    if (this.#onMessage === null) return;
    const remote = this.remoteOf(flow);
    this.#onMessage({ direction, atUs, local: this.local, remote, text: decodeUtf8(bytes, start, end) });
  }
}
