export { summaryJson } from './json.ts';
export { eraseLines } from './layout.ts';
export type { LiveOptions } from './progress-line.ts';
export { liveBlock, progressLine } from './progress-line.ts';
export type { ReadinessReport } from './readiness.ts';
export { readinessJson, readinessText } from './readiness.ts';
export { cutTo, harmless } from './safe-text.ts';
export type { TextOptions } from './text.ts';
export { summaryText } from './text.ts';
