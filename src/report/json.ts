// summary.json: the result as it is, indented, its keys in the order in which the result was built (which is fixed), so
// that two summaries can be compared line by line. The histograms in it are HdrHistogram V2, compressed, base64.

import type { RunResult } from '../metrics/index.ts';

export const summaryJson = (result: RunResult): string => `${JSON.stringify(result, null, 2)}\n`;
