// The copy of the scenario that lies in the result folder: as it was written, with its comments, without its secrets.

import { redactScenario } from '../scenario/index.ts';
import { STORED_SCENARIO_MARK } from './result-folder.ts';
import { REDACTED, withoutSecret } from './secrets.ts';

/** `password` is the one that the run uses; it may come from elsewhere and stand in the text all the same. */
export const storedScenario = (text: string, password: string | null): string => {
  const hint = '# Secrets are left out; give them by REGSTORM_IDENTITIES_PASSWORD or identities.passwordFile.';
  return `${STORED_SCENARIO_MARK}\n${hint}\n${withoutSecret(redactScenario(text, REDACTED), password)}`;
};
