// Checks on the way to the target: which transport, whether the target can be named, whether the run's sockets open, how much
// their queues hold, and whether there are ports for them.

import { formatBytes, formatCount, formatCounted, formatTime } from '../metrics/index.ts';
import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import type { Check, Finding, ReadinessFacts, SocketFacts } from './readiness-facts.ts';

/** A receive queue that answers fill within this time overflows in any pause of the generator: a collection, a busy core. */
const BRIDGED_US_MIN = 10 * US_PER_MS;
/**
 * What one answer takes of a receive queue, in the kernel's account. Measured: 1,283 bytes for 300 to 600 bytes of payload and
 * 2,315 for 1,000 (Linux 6.18, loopback); the kernel doubles what was asked for, to make up for it.
 */
const QUEUED_ANSWER_BYTES = 1_283;
const KERNEL_DOUBLES = 2;
/** What the mending command sets; ports below are often in use by servers. */
const WIDE_PORT_RANGE = '10000 65535';

export const targetFinding: Check = ({ target }) => {
  const { name, address, steps, sameMachine, problem } = target;
  const finding = { check: 'target', needed: 'an IPv4 address' };
  if (problem === null) {
    const where = sameMachine ? 'this machine' : 'another machine';
    const is = address === null || address === name ? name : `${name} is ${addressesText(target)}`;
    const why = steps.length === 0 ? '' : ` (${steps.join('; ')})`;
    return { ...finding, status: 'ok', is: `${is}, ${where}${why}`, mend: [] };
  }
  return { ...finding, status: 'missing', is: problem.message, mend: mendingTarget(problem.code, hostOf(name)) };
};

const mendingTarget = (code: string, host: string): readonly string[] => {
  switch (code) {
    case 'TARGET_PUBLIC':
      return ['--allow-public'];
    case 'TARGET_HOSTLESS':
      return ['--target sip:ADDRESS:5060'];
    case 'TARGET_TRANSPORT':
      return [`--target "sip:${host};transport=udp"`];
    case 'DNS_FAILED':
      return ['--dns HOST:PORT (another name server)', '--target sip:ADDRESS:5060'];
    default:
      return [`getent ahostsv4 ${host}`];
  }
};

/** One address as it is; several with ports and priorities. */
const addressesText = ({ address, targets }: ReadinessFacts['target']): string =>
  targets.length < 2
    ? (address ?? '')
    : targets.map((each) => `${each.address}:${each.port} (priority ${each.priority})`).join(', ');

/** `sip:host:port;…` -> `host`. */
const hostOf = (name: string): string => /^(?:sips?:)?([^:;?]*)/i.exec(name)?.[1] ?? name;

export const transportFinding: Check = ({ plan, sockets }) => {
  const { transport, batchUnavailable } = sockets;
  const finding = { check: 'transport', needed: 'udp-batch' };
  if (plan.socketKind === 'udp-batch' && batchUnavailable !== null) {
    const is = `local.sockets asks for udp-batch, but ${batchUnavailable}`;
    return { ...finding, status: 'missing', is, mend: ['--set local.sockets=auto', ...installing(batchUnavailable)] };
  }
  if (transport === 'udp-batch') return { ...finding, status: 'ok', is: 'udp-batch', mend: [] };
  if (batchUnavailable === null) {
    const is = 'udp-dgram, as local.sockets asks for';
    return { ...finding, status: 'warning', is, mend: ['--set local.sockets=auto'] };
  }
  const is = `udp-dgram: ${batchUnavailable}`;
  return { ...finding, status: 'warning', is, mend: installing(batchUnavailable) };
};

/** The one reason that an installation mends; the others are the system's. */
const installing = (reason: string): readonly string[] =>
  reason.includes('koffi') ? ['npm install --include=optional'] : [];

export const stampsFinding: Check = ({ sockets }) => {
  const finding = {
    check: 'receive times',
    needed: 'from the kernel',
    mend: [],
  };
  if (sockets.transport === 'udp-dgram') {
    return { ...finding, status: 'warning', is: 'taken when the event loop brings a datagram' };
  }
  if (sockets.stamped === null) return { ...finding, status: 'unknown', is: 'no loopback interface to try them on' };
  if (sockets.stamped) return { ...finding, status: 'ok', is: 'from the kernel (SO_TIMESTAMPNS)' };
  return { ...finding, status: 'warning', is: 'the kernel sends none: read times stand for them' };
};

/** Only where the plan asks for it. A run does without, and says so. */
export const segmentsFinding: Check = ({ sockets }) => {
  const finding = { check: 'segmentation', needed: 'UDP_SEGMENT, as local.segmentation asks for' };
  if (sockets.transport === 'udp-dgram') {
    return { ...finding, status: 'warning', is: 'udp-dgram hands over one datagram a call', mend: [LEAVE_SEGMENTS] };
  }
  if (sockets.segmented === null) {
    return { ...finding, status: 'unknown', is: 'no loopback interface to try it on', mend: [] };
  }
  if (sockets.segmented) return { ...finding, status: 'ok', is: 'the kernel cuts segments (loopback)', mend: [] };
  return { ...finding, status: 'warning', is: 'the kernel refuses it: requests go singly', mend: [LEAVE_SEGMENTS] };
};

const LEAVE_SEGMENTS = '--set local.segmentation=false';

export const socketsFinding: Check = ({ plan, sockets }) => {
  const ports = plan.localPorts === null ? '' : ` from ${plan.localPorts.first} on`;
  const each = plan.targets > 1 ? ` to each of ${plan.targets} targets` : '';
  const needed = `${formatCounted(plan.sockets, 'UDP socket')}${each}${ports}`;
  const [first, ...others] = sockets.problems;
  if (first === undefined) {
    const is = `${formatCount(sockets.socketsOpened)} opened and closed again`;
    return { check: 'sockets', status: 'ok', is, needed, mend: [] };
  }
  const more = others.length === 0 ? '' : `, and ${formatCounted(others.length, 'more')} like it`;
  const mend = sockets.problems.flatMap(commandFor).filter((command, at, all) => all.indexOf(command) === at);
  return { check: 'sockets', status: 'missing', is: first.message + more, needed, mend };
};

const commandFor = ({ code, hint, localPort }: SocketFacts['problems'][number]): readonly string[] => {
  switch (code) {
    case 'PORT_IN_USE':
      return localPort === 0 ? ['ss -uapn'] : [`ss -uapn 'sport = :${localPort}'`];
    case 'ADDRESS_UNAVAILABLE':
      return ['ip -4 address'];
    case 'DESCRIPTORS':
      // The check of descriptors has the number.
      return [];
    default:
      return hint === null ? [] : [hint];
  }
};

export const receiveBufferFinding: Check = (facts) => {
  const { receiveBufferBytes: granted, receiveBufferBytesWanted: wanted } = facts.sockets;
  const finding = { check: 'receive buffer', needed: formatBytes(wanted) };
  if (granted === null) return { ...finding, status: 'unknown', is: 'no socket was opened', mend: [] };
  const is = `${formatBytes(granted)} granted${bridgedText(facts, granted)}`;
  if (granted >= wanted) return { ...finding, status: 'ok', is: is + beyond(facts, 'receive', wanted), mend: [] };
  const status = bridgedUs(facts, granted) < BRIDGED_US_MIN ? 'missing' : 'warning';
  return { ...finding, status, is, mend: [`sudo sysctl -w net.core.rmem_max=${wanted}`] };
};

export const sendBufferFinding: Check = (facts) => {
  const { sendBufferBytes: granted, sendBufferBytesWanted: wanted } = facts.sockets;
  const finding = { check: 'send buffer', needed: formatBytes(wanted) };
  if (granted === null) return { ...finding, status: 'unknown', is: 'no socket was opened', mend: [] };
  const is = `${formatBytes(granted)} granted`;
  if (granted >= wanted) return { ...finding, status: 'ok', is: is + beyond(facts, 'send', wanted), mend: [] };
  const mend = [`sudo sysctl -w net.core.wmem_max=${wanted}`];
  return { ...finding, status: 'warning', is: `${is}: sends may wait for room`, mend };
};

/** For how long a socket's queue takes the answers of the plan while nobody reads. */
const bridgedUs = ({ plan }: ReadinessFacts, grantedBytes: number): number => {
  const answersPerUs = plan.answersPerSecond / (plan.sockets * plan.targets) / US_PER_SECOND;
  return (grantedBytes * KERNEL_DOUBLES) / QUEUED_ANSWER_BYTES / answersPerUs;
};

const bridgedText = (facts: ReadinessFacts, grantedBytes: number): string => {
  const { answersPerSecond } = facts.plan;
  if (answersPerSecond === 0) return '';
  return `, ${formatTime(bridgedUs(facts, grantedBytes))} of answers`;
};

/** A maximum below what was granted is no mistake: CAP_NET_ADMIN goes beyond it (SO_RCVBUFFORCE, SO_SNDBUFFORCE). */
const beyond = ({ machine }: ReadinessFacts, which: 'receive' | 'send', wanted: number): string => {
  const most = which === 'receive' ? machine.receiveBufferBytesMax : machine.sendBufferBytesMax;
  if (most === null || most >= wanted) return '';
  const setting = which === 'receive' ? 'rmem_max' : 'wmem_max';
  return ` (CAP_NET_ADMIN; ${setting} is ${formatBytes(most)})`;
};

export const portRangeFinding: Check = ({ plan, machine }) => {
  const needed = formatCounted(plan.sockets, 'free port');
  const finding = { check: 'local ports', needed };
  if (plan.localPorts !== null) {
    const { first, last } = plan.localPorts;
    const is = `${first} to ${last} by local.ports`;
    return { ...finding, status: 'ok', is, mend: [] };
  }
  const range = machine.localPortRange;
  if (range === null) return { ...finding, status: 'unknown', is: 'chosen by the system', mend: [] };
  const size = range.last - range.first + 1;
  const is = `${range.first} to ${range.last}, ${formatCount(range.inUse)} of them in use`;
  if (size - range.inUse >= plan.sockets) return { ...finding, status: 'ok', is, mend: [] };
  return { ...finding, status: 'missing', is, mend: widening(size) };
};

const widening = (size: number): Finding['mend'] => {
  const [first = 0, last = 0] = WIDE_PORT_RANGE.split(' ').map(Number);
  const widen = `sudo sysctl -w net.ipv4.ip_local_port_range="${WIDE_PORT_RANGE}"`;
  return size < last - first + 1 ? [widen, 'ss -uapn'] : ['ss -uapn'];
};
