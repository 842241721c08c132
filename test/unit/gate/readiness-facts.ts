// A machine on which everything is as it should be, and a way to change one thing about it.

import type { MachineReadiness, PlanNeeds, ReadinessFacts, SocketFacts, TargetFacts } from '../../../src/gate/index.ts';

const PLAN: PlanNeeds = {
  workers: 1,
  workersWanted: 1,
  threads: 1,
  sockets: 1,
  targets: 1,
  segmentation: false,
  contexts: 10_000,
  startsPerSecond: 1_000,
  attemptsPerSecond: 3_000,
  answersPerSecond: 6_000,
  descriptors: 60,
  memoryBytes: 200e6,
  tableBytes: 50e6,
  socketKind: 'auto',
  localPorts: null,
};

const TARGET: TargetFacts = {
  name: 'sip:registrar.example:5060',
  address: '192.168.0.9',
  targets: [],
  steps: [],
  ttlSeconds: null,
  sameMachine: false,
  problem: null,
};

const SOCKETS: SocketFacts = {
  transport: 'udp-batch',
  batchUnavailable: null,
  socketsOpened: 1,
  problems: [],
  receiveBufferBytes: 33_554_432,
  sendBufferBytes: 8_388_608,
  receiveBufferBytesWanted: 33_554_432,
  sendBufferBytesWanted: 8_388_608,
  stamped: true,
  segmented: null,
};

const MACHINE: MachineReadiness = {
  receiveBufferBytesMax: 33_554_432,
  sendBufferBytesMax: 33_554_432,
  localPortRange: { first: 32_768, last: 60_999, inUse: 3 },
  openFiles: { soft: 1_024, hard: 524_288 },
  processors: { usable: 4, online: 4, quota: null },
  memory: { availableBytes: 8e9, limitedBy: 'machine' },
  clockSource: { current: 'tsc', available: ['tsc', 'hpet'] },
  clockReadNs: 150,
  sleepLateUs: 30,
  sleepLateUsMax: 200,
  governor: 'performance',
  loadAverage: 0.1,
};

export interface Changes {
  readonly plan?: Partial<PlanNeeds>;
  readonly target?: Partial<TargetFacts>;
  readonly sockets?: Partial<SocketFacts>;
  readonly machine?: Partial<MachineReadiness>;
}

export const factsWith = ({ plan, target, sockets, machine }: Changes = {}): ReadinessFacts => ({
  plan: { ...PLAN, ...plan },
  target: { ...TARGET, ...target },
  sockets: { ...SOCKETS, ...sockets },
  machine: { ...MACHINE, ...machine },
});
