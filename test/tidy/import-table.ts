// Who may import whom: the architecture as data. A folder's own files need no entry. `test/tidy.test.ts` fails on any
// other import; a new arrow or a new package needs a line here and an ADR.
//
// Other folders are entered through their index.ts. The exceptions are the interface files below: plain types and numbers
// that several folders share, which stay importable without what else their folder loads.

/** One allowed arrow between folders. */
export interface Arrow {
  readonly to: string;
  /** Only types may cross: nothing of the other folder runs. */
  readonly typesOnly?: true;
  /** Only names that contain one of these words may cross. */
  readonly about?: readonly string[];
}

/** One allowed module from Node or npm. */
export interface Module {
  readonly name: string;
  /** Only in files whose name contains this word. */
  readonly inFile?: string;
}

export interface FolderRule {
  readonly pure: boolean;
  readonly imports: readonly Arrow[];
  readonly modules: readonly Module[];
}

const to = (...folders: readonly string[]): readonly Arrow[] => folders.map((folder) => ({ to: folder }));
const node = (...names: readonly string[]): readonly Module[] => names.map((name) => ({ name: `node:${name}` }));
const npm = (...names: readonly string[]): readonly Module[] => names.map((name) => ({ name }));

export const IMPORT_TABLE: Readonly<Record<string, FolderRule>> = {
  std: { pure: true, imports: [], modules: [] },
  sip: { pure: true, imports: to('std'), modules: [{ name: 'node:crypto', inFile: 'digest' }] },
  metrics: { pure: true, imports: to('std'), modules: npm('hdr-histogram-js') },
  scenario: { pure: true, imports: to('std', 'sip'), modules: npm('yaml', 'zod') },
  engine: { pure: true, imports: to('std', 'sip', 'metrics', 'scenario'), modules: [] },
  registrar: { pure: true, imports: [...to('std', 'sip'), { to: 'scenario', typesOnly: true }], modules: [] },
  sim: { pure: true, imports: to('std', 'sip', 'metrics', 'scenario', 'engine', 'registrar'), modules: [] },
  gate: { pure: true, imports: to('std', 'metrics', 'scenario'), modules: [] },
  report: { pure: true, imports: to('std', 'metrics', 'scenario', 'gate'), modules: [] },
  transport: {
    pure: false,
    imports: [...to('std'), { to: 'sip', about: ['frame', 'framing'] }],
    modules: [...node('dgram', 'net', 'tls', 'dns', 'fs', 'os'), ...npm('ws', 'koffi', 'dns-packet')],
  },
  worker: {
    pure: false,
    imports: to('std', 'sip', 'metrics', 'scenario', 'engine', 'registrar', 'transport'),
    modules: node('worker_threads', 'perf_hooks', 'v8'),
  },
  client: {
    pure: false,
    imports: to('std', 'sip', 'metrics', 'scenario', 'engine', 'transport', 'worker'),
    modules: node('events'),
  },
  coordinator: {
    pure: false,
    imports: to('std', 'metrics', 'scenario', 'gate', 'transport', 'worker'),
    // path and url only name what fs and the pool open.
    modules: [...npm('piscina'), ...node('os', 'fs', 'path', 'url', 'http')],
  },
  cluster: {
    pure: false,
    imports: to('std', 'metrics', 'scenario', 'gate', 'coordinator'),
    modules: npm('@nats-io/transport-node'),
  },
  cli: {
    pure: false,
    imports: to('std', 'metrics', 'scenario', 'gate', 'report', 'sim', 'coordinator', 'cluster'),
    modules: [...npm('yargs'), ...node('fs', 'path', 'tty', 'readline')],
  },
  'main.ts': { pure: false, imports: to('cli'), modules: [] },
  'index.ts': {
    pure: false,
    imports: [...to('client', 'coordinator'), { to: 'scenario', typesOnly: true }],
    modules: [],
  },
};

/** Files that other folders may import past the index: agreed shapes, and shares, which workers need without the loader. */
export const INTERFACE_FILES: readonly string[] = [
  'src/scenario/hold-timing.ts',
  'src/scenario/plan.ts',
  'src/scenario/shares.ts',
  'src/scenario/target-order.ts',
  'src/metrics/names.ts',
  'src/metrics/run-result.ts',
  'src/transport/datagram.ts',
  'src/worker/messages.ts',
  'src/worker/target-table.ts',
];
