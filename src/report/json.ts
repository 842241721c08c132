// summary.json: the result as it is, indented, its keys in the order in which the result was built (which is fixed), so
// that two summaries can be compared line by line. The histograms in it are HdrHistogram V2, compressed, base64. Texts of
// peers are kept whole, but it may be printed on a terminal: what that would obey is written as an escape of JSON.

import type { RunResult } from '../metrics/index.ts';
import { escapedForJson } from './safe-text.ts';

export const summaryJson = (result: RunResult): string => `${escapedForJson(JSON.stringify(result, null, 2))}\n`;
