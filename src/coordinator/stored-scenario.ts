// The copy of the scenario that lies in the result folder: as it was written, with its comments, without its secrets.

import { redactScenario } from '../scenario/index.ts';
import { STORED_SCENARIO_MARK } from './result-folder.ts';
import { REDACTED, withoutSecrets } from './secrets.ts';

/** `secrets` are those that the run uses; they may come from elsewhere and stand in the text all the same. */
export const storedScenario = (text: string, secrets: readonly string[]): string => {
  const hint = '# Secrets are left out; give them by REGSTORM_IDENTITIES_PASSWORD or identities.passwordFile.';
  return `${STORED_SCENARIO_MARK}\n${hint}\n${withoutSecrets(redactScenario(text, REDACTED), secrets)}`;
};
