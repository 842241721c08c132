// Keeps passwords out of everything that is stored. Three nets: the command line loses the values of options that carry
// secrets, the copy of the scenario loses the values of its secret keys, and whatever text is written last loses the
// password wherever it stands on its own.

export const REDACTED = 'REDACTED';

const SECRET_OPTIONS: readonly string[] = ['--password'];
/** A list or map of credentials, written as one value. */
const SECRET_INSIDE = /(password|ha1)["']?\s*:/i;
const SECRET_PATH = /(^|\.)(password|ha1)$/i;

/** `identities.password=x` becomes `identities.password=REDACTED`; other assignments stay. */
const redactAssignment = (text: string): string => {
  const equals = text.indexOf('=');
  if (equals < 0) return text;
  const isSecret = SECRET_PATH.test(text.slice(0, equals).trim()) || SECRET_INSIDE.test(text.slice(equals + 1));
  if (!isSecret) return text;
  return `${text.slice(0, equals)}=${REDACTED}`;
};

/** `sip:user:password@host` loses its password (RFC 3261 §19.1.1 discourages it, people paste it all the same). */
const redactUri = (text: string): string => text.replace(/^(sips?:[^:@]*):[^@]*@/i, `$1:${REDACTED}@`);

const redactAttached = (argument: string): string => {
  const equals = argument.indexOf('=');
  const option = equals < 0 ? argument : argument.slice(0, equals);
  if (equals >= 0 && SECRET_OPTIONS.includes(option)) return `${option}=${REDACTED}`;
  if (equals >= 0 && option === '--set') return `--set=${redactAssignment(argument.slice(equals + 1))}`;
  return redactUri(argument);
};

/** The arguments as they may be stored: same length, secret values replaced. */
export const redactCommandLine = (argv: readonly string[]): string[] =>
  argv.map((argument, index) => {
    const before = index === 0 ? '' : argv[index - 1]!;
    if (SECRET_OPTIONS.includes(before)) return REDACTED;
    if (before === '--set') return redactAssignment(argument);
    return redactAttached(argument);
  });

/** A secret this short is a word of ordinary text; replacing it would garble the file and hide nothing. */
const SECRET_LENGTH_MIN = 3;

/** Replaces the secrets wherever they stand as values of their own: not inside a longer word. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => withoutSecret(rest, secret), text);

export const withoutSecret = (text: string, secret: string | null): string => {
  if (secret === null || secret.length < SECRET_LENGTH_MIN) return text;
  const literal = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g'), REDACTED);
};
