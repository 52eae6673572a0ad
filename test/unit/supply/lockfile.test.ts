import { readFileSync } from 'node:fs';

type Ranges = Readonly<Record<string, string>>;
type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  /** It comes in the archive of the package above it, whose hash is its own. */
  readonly inBundle?: boolean;
  readonly dependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly optionalDependencies?: Ranges;
};

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const lock: { readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Locked>> } =
  read('package-lock.json');
const manifest = read('package.json');
const entries = Object.entries(lock.packages);
const installed = entries.filter(([path]) => path !== '');
const pathsOf = (wanted: (locked: Locked, path: string) => unknown) =>
  installed.filter(([path, locked]) => wanted(locked, path)).map(([path]) => path);

/** The package that `name` means to the one at `path`: the nearest above it, as Node looks for it. */
function resolveFrom(path: string, name: string): Locked | undefined {
  const inside = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (lock.packages[inside] || path === '') return lock.packages[inside];
  return resolveFrom(path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name);
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('the lockfile', () => {
  it('is of version 3, of this very package, and of its very dependencies', () => {
    expect(lock.lockfileVersion).toBe(3);
    expect(installed.length).toBeGreaterThan(100);
    const { name, version, dependencies, devDependencies, optionalDependencies } = manifest;
    expect(lock.packages['']).toMatchObject({ name, version, dependencies, devDependencies, optionalDependencies });
  });

  it('names no address, so that a package comes from the registry of whoever installs it', () => {
    expect(pathsOf(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('has the hash of every package that is downloaded', () => {
    const isHash = /^sha512-[A-Za-z0-9+/]{86}==$/;
    expect(pathsOf(({ integrity = '', inBundle }) => !inBundle && !isHash.test(integrity))).toEqual([]);
    const bundled = pathsOf(({ inBundle }) => inBundle);
    const isInsideOfHashed = (path: string) =>
      installed.some(([outer, { integrity }]) => integrity && path.startsWith(`${outer}/node_modules/`));
    expect(bundled.filter((path) => !isInsideOfHashed(path))).toEqual([]);
  });

  it('takes nothing from git, files, folders or addresses', () => {
    expect(pathsOf(({ link, version }) => link || !/^\d+\.\d+\.\d+/.test(version ?? ''))).toEqual([]);
    const foreign = entries.flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, range]) =>
          /^(git|file|link|https?|github|bitbucket|gitlab|gist|workspace)\b.*:|^[\w.-]+\/[^@]/.test(range),
        )
        .map(([name, range]) => `${path || 'package.json'}: ${name} ${range}`),
    );
    expect(foreign).toEqual([]);
  });

  it('has a decision for every package that wants to run a script when it is installed, and no other', () => {
    const scripted = new Set(pathsOf(({ hasInstallScript }) => hasInstallScript).map(nameOf));
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...scripted].toSorted());
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  it('has what packages need on every platform, not on that of whoever wrote it alone', () => {
    const wanted = entries.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.entries(optionalDependencies).map(([name, range]) => ({ path, name, range })),
    );
    const isThere = ({ path, name, range }: (typeof wanted)[number]) => {
      const version = resolveFrom(path, name)?.version;
      return /^\d+\.\d+\.\d+/.test(range) ? version === range : version !== undefined;
    };
    expect(wanted.filter((each) => !isThere(each))).toEqual([]);
    const node = Object.keys(manifest.optionalDependencies);
    for (const platform of ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win-x64'])
      expect(node.filter((name) => new RegExp(`^node-(bin-)?${platform}$`).test(name))).toHaveLength(1);
  });
});
