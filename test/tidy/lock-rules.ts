// The lock file must name the optional packages of every platform, also of those that the machine which wrote it did not
// need: without them `npm ci` of npm 11 refuses the lock file, and other platforms get no binaries.

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Optional packages that a locked package asks for and the lock file does not hold, as `name version`. */
export const missingFromLock = (text: string): readonly string[] => {
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
      .map(([name, version]) => `${name} ${version}`),
  );
};
