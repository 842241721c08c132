// What a simulated world tells whoever watches it, in the order in which it happens. All bytes are copies that stay as they
// are; all times are virtual microseconds. A socket is told by its number in the run, from which its worker follows. One turn of
// a worker gives, in this order:
//
//   onReceived*  what had arrived      (onStop, onAbort, onTransportError*, onCommand*, onForget*)      onPlace*      then the engine advances
//   onOffered*   what the engine handed to its socket, oldest first
//   onSent* / onRefused*   what the kernel then let go, or refused for good; of what was offered, in that order for each socket
//   onReport*    to whoever commands; before a command of the same turn what is known by then
//   onTurn       the turn is over

import type { AttemptStep, PlanRule } from '../scenario/index.ts';
import type { Report } from './commander.ts';

/** A datagram on its way, with what the network did to it. */
export interface Arrival {
  readonly atUs: number;
  readonly bytes: Uint8Array;
  readonly isCorrupted: boolean;
}

/** What the registrar made of a datagram, as its counters tell. */
export interface Taken {
  /**
   * `new`: a request that it judged; `again`: one that was answered before; `refused`: its queue was full, and it says so without a look
   * at the request; `none`: nothing was done for it.
   */
  readonly kind: 'new' | 'again' | 'refused' | 'none';
  /** The rule that it met; null: none. */
  readonly rule: PlanRule | null;
  /** When this life of the registrar got its first datagram, from which rules count. */
  readonly startedUs: number;
}

/** A place of a worker that a redirect has led to. */
export interface PlaceFacts {
  /** Counted from 0, in the order in which they are wanted. */
  readonly place: number;
  /** IPv4 as a number, the first octet highest. */
  readonly address: number;
  readonly port: number;
  /** False: no socket can be connected there. */
  readonly isOpen: boolean;
}

export interface Observer {
  /** The engine took it; `arrival.atUs` is the kernel's stamp, at most the time of the turn. */
  onReceived(socket: number, nowUs: number, arrival: Arrival): void;
  /** The engine handed it over; it may still wait in the socket's queue, and cannot be called back. */
  onOffered(socket: number, nowUs: number, bytes: Uint8Array): void;
  /** It left for the network. */
  onSent(socket: number, nowUs: number, bytes: Uint8Array): void;
  /** The kernel will never send it. */
  onRefused(socket: number, nowUs: number, bytes: Uint8Array, isPeerGone: boolean): void;
  /** The socket says that the peer cannot be reached; what was offered and not sent is gone. */
  onTransportError(socket: number, nowUs: number): void;
  /** The operator wants the end: at once (abort), or after at most `drainUs`. */
  onStop(worker: number, nowUs: number, drainUs: number): void;
  onAbort(worker: number, nowUs: number): void;
  /** A context was told to make the attempt of this step, in this turn. */
  onCommand(worker: number, nowUs: number, identity: number, step: AttemptStep): void;
  /** A context is another phone from now on. */
  onForget(worker: number, nowUs: number, identity: number): void;
  /** Whoever commands is told how an attempt has ended. */
  onReport(worker: number, nowUs: number, report: Report): void;
  /** Sockets to one more place were asked for, one for each of the worker's own, just before the engine advances. */
  onPlace(worker: number, nowUs: number, place: PlaceFacts): void;
  /** `blocked`: those of its sockets that would not take everything that the engine had for them, or the kernel would not. */
  onTurn(worker: number, nowUs: number, blocked: readonly number[]): void;
  /**
   * The registrar itself, not something in front of it, took a datagram of this socket's address, just now; what it answers to it at
   * once follows. Without `taken` it is a new request that meets no rule, or the copy of one.
   */
  onRequest(nowUs: number, socket: number, arrival: Arrival, taken?: Taken): void;
  /** The registrar itself answered to this socket's address. */
  onAnswer(nowUs: number, socket: number, bytes: Uint8Array): void;
  /** The registrar came back with nothing but, at most, its bindings; or lost the rest as its own file wants it. */
  onRestart(nowUs: number, keepsBindings: boolean): void;
}

const NOTHING = (): void => {};

/** Tells each of them everything that it wants to know, in this order. */
export function tellAll(observers: readonly Partial<Observer>[]): Observer {
  const all = <K extends keyof Observer>(name: K): Observer[K] => {
    const wanted = observers.flatMap((observer) => observer[name] ?? []) as ((...facts: unknown[]) => void)[];
    if (wanted.length === 0) return NOTHING;
    return ((...facts: unknown[]) => {
      for (const tell of wanted) tell(...facts);
    }) as Observer[K];
  };
  return {
    onReceived: all('onReceived'),
    onOffered: all('onOffered'),
    onSent: all('onSent'),
    onRefused: all('onRefused'),
    onTransportError: all('onTransportError'),
    onStop: all('onStop'),
    onAbort: all('onAbort'),
    onCommand: all('onCommand'),
    onForget: all('onForget'),
    onReport: all('onReport'),
    onPlace: all('onPlace'),
    onTurn: all('onTurn'),
    onRequest: all('onRequest'),
    onAnswer: all('onAnswer'),
    onRestart: all('onRestart'),
  };
}
