// Several targets of a simulated world (RFC 3263 §4.3): addresses of one registrar, each reached through a border element of its own that
// may fail while the others serve. The registrar sees each phone from another port through each of them, so that its answers find
// the way that their requests took.
//
//   silent        everything that goes there is lost, both ways of a keepalive included
//   refusing      the same, and ICMP tells the socket that nobody listens
//   unavailable   requests are answered 503 at once; whatever else comes passes
//   astray        answers come from the address of the next target, where nobody waits for them

export type TargetFaultKind = 'silent' | 'refusing' | 'unavailable' | 'astray';

export interface TargetFault {
  readonly target: number;
  readonly kind: TargetFaultKind;
  readonly fromUs: number;
  readonly toUs: number;
}

/** RFC 2782: what decides where contexts go. Sorted by priority. */
export interface DrawnTargets {
  readonly count: number;
  readonly priority: readonly number[];
  readonly weight: readonly number[];
}

export interface TargetOptions extends DrawnTargets {
  readonly faults: readonly TargetFault[];
}

export interface Targets {
  readonly options: TargetOptions;
  /** Sockets of all workers to one target. Socket s leads to target floor(s / homes). */
  readonly homes: number;
  /** No fault has an effect any more. */
  isHealed: boolean;
  /** How often each kind of fault had an effect. */
  readonly counts: Record<string, number>;
}

/** IPv4 as a number, the first octet highest, and its port: 10.0.1.1:5060, 10.0.1.2:5060, and so on. */
export interface TargetAddress {
  readonly address: number;
  readonly port: number;
}

const FIRST_ADDRESS = 0x0a000101;
const PORT = 5060;
/** By so much a phone's port is higher at the registrar for each target after the first. */
export const SEEN_PORTS_APART = 1_000;

export const ONE_TARGET: TargetOptions = { count: 1, priority: [0], weight: [0], faults: [] };

export const createTargets = (options: TargetOptions, homes: number): Targets => ({
  options,
  homes,
  isHealed: false,
  counts: {},
});

export const addressOfTarget = (target: number): TargetAddress => ({ address: FIRST_ADDRESS + target, port: PORT });

/** What is wrong with the target that the socket leads to; null: nothing. */
export function faultAt({ options, homes, isHealed }: Targets, nowUs: number, socket: number): TargetFaultKind | null {
  if (isHealed || options.faults.length === 0) return null;
  const target = Math.floor(socket / homes);
  const found = options.faults.find((fault) => fault.target === target && nowUs >= fault.fromUs && nowUs < fault.toUs);
  return found?.kind ?? null;
}

export function noteFault({ counts }: Targets, kind: TargetFaultKind): void {
  const name = `target ${kind}`;
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The socket that an answer to this one comes to. */
export function answeredSocket(targets: Targets, nowUs: number, socket: number): number {
  if (faultAt(targets, nowUs, socket) !== 'astray') return socket;
  noteFault(targets, 'astray');
  return (socket + targets.homes) % (targets.homes * targets.options.count);
}
