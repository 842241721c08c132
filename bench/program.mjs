// What the programs of all benchmarks have in common: numbers as options, and how they end.

/** Throws with a sentence when the option is there and is no whole number above 0. */
export const positive = (values, name, otherwise) => {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number above 0, not '${text}'`);
  return value;
};

/** Ends with the exit code that `main` resolves to, or with 2, the reason and the usage. */
export const endWith = async (main, usage) => {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
  }
};
