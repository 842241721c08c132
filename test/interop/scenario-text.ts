// The scenarios of the interop tests differ in few places; this writes one from those.

export interface ScenarioParts {
  readonly port: number;
  readonly flow: readonly string[];
  readonly count: number;
  readonly ratePerSecond: number;
  readonly password?: string;
  /** Makes Timer F (64 * T1) short; T2 is eight times T1, as in RFC 3261 Table 4. */
  readonly t1Ms?: number;
  readonly precheck?: 'register' | 'options' | 'none';
}

export const scenarioText = (parts: ScenarioParts): string => {
  const { port, flow, count, ratePerSecond, password = 'secret', t1Ms = 500, precheck = 'register' } = parts;
  return `version: 1
name: interop
target: sip:127.0.0.1:${port}
registrar: sip:test.example
identities: { count: ${count}, user: "u{index:8}", domain: test.example, password: ${password} }
load: { model: constant-rate, rate: ${ratePerSecond}/s, starts: ${count} }
precheck: ${precheck}
timers: { T1: ${t1Ms}ms, T2: ${t1Ms * 8}ms }
flow:
${flow.map((step) => `  - ${step}\n`).join('')}`;
};
