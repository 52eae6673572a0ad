import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Which rooms a room may import. `config` is the model, importable everywhere; `config/parse` is imported by infra alone.
 * A room may always import itself. `*` is anything but tests.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  functions: ['app', 'aws', 'http', 'channels', 'lambda', 'clock'],
  'functions/shortener': ['lambda'],
  config: [],
  'config/parse': ['slo', 'assertion', 'net', 'burst'],
  clock: [],
  net: ['clock'],
  http: ['net', 'clock'],
  assertion: [],
  probe: ['clock', 'net', 'assertion', 'http:types'],
  stats: [],
  burst: ['clock', 'stats', 'assertion', 'http:types'],
  ledger: [],
  slo: ['ledger:types', 'stats'],
  alert: ['slo', 'probe:types', 'burst'],
  message: ['alert:types', 'slo', 'burst'],
  channels: ['message', 'http', 'clock', 'assertion'],
  metrics: ['stats', 'probe:types', 'burst:types', 'slo:types'],
  app: [
    'clock',
    'net',
    'assertion',
    'probe',
    'stats',
    'burst',
    'ledger',
    'slo',
    'alert',
    'message',
    'metrics',
    'http:types',
    'channels:types',
  ],
  aws: ['app', 'metrics', 'ledger', 'alert', 'burst'],
  lambda: ['metrics', 'clock'],
  infra: ['*'],
};

/** Third parties and the one room (or file) that is their door. What is not listed may be imported by infra alone. */
const doors: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk': ['aws', 'functions/shortener', 'infra'],
  '@smithy/signature-v4': ['aws'],
  '@middy/core': ['lambda'],
  'aws-lambda': ['lambda', 'functions', 'functions/shortener', 'infra'],
  'ipaddr.js': ['net', 'functions/shortener'],
  'json-p3': ['assertion'],
  qr: ['functions/shortener'],
  re2js: ['assertion'],
  yaml: ['config/parse', 'infra'],
  zod: ['config/parse'],
};

/** Rooms in which the same input always gives the same output. */
const pureRooms = ['assertion', 'stats', 'burst', 'ledger', 'slo', 'alert', 'message', 'metrics'];
const impure = /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|process\.env/;

type Import = { readonly file: string; readonly target: string; readonly isType: boolean };

const files = ['functions', 'shared', 'infra'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .map((file) => posix.join(top, file))
    .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts')),
);

describe('the rooms', () => {
  it.each(files)('%s imports only what the table allows', (file) => {
    expect(importsOf(file).flatMap(violation)).toEqual([]);
  });

  it('are all in the table', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => table[room] === undefined)).toEqual([]);
  });

  it.each(files.filter((file) => pureRooms.includes(roomOf(file))))(
    '%s has no clock, chance or environment',
    (file) => {
      expect(
        read(file)
          .split('\n')
          .filter((line) => impure.test(line)),
      ).toEqual([]);
    },
  );

  it.each(files)('%s stays within 300 lines', (file) => {
    expect(read(file).split('\n').length).toBeLessThanOrEqual(301);
  });

  it('have no cycle between them', () => {
    expect(cyclesBetween(roomOf)).toEqual([]);
  });

  it('have no cycle between their files, but for types', () => {
    expect(cyclesBetween((file) => file)).toEqual([]);
  });
});

/** What reaches itself by imports that are there at run time: files, or what they belong to. */
function cyclesBetween(placeOf: (file: string) => string): readonly string[] {
  const edges = new Map<string, Set<string>>();
  for (const { file, target, isType } of files.flatMap(importsOf)) {
    const [from, to] = [placeOf(file), placeOf(target)];
    if (isType || !files.includes(target) || from === to) continue;
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  return [...edges.keys()].filter((place) => reaches(edges, place, place, new Set()));
}

function violation({ file, target, isType }: Import): string[] {
  const from = roomOf(file);
  if (target.startsWith('node:')) return [];
  const isOwn = /^(functions|shared|infra)\//.test(target);
  const isAllowed = isOwn ? mayImport(from, roomOf(target), isType) : mayUse(from, target);
  return isAllowed ? [] : [`${from} must not import ${target}`];
}

function mayImport(from: string, to: string, isType: boolean): boolean {
  const allowed = table[from] ?? [];
  if (from === to || to === 'config' || allowed.includes('*') || allowed.includes(to)) return true;
  return isType && allowed.includes(`${to}:types`);
}

function mayUse(from: string, specifier: string): boolean {
  const name = specifier.startsWith('@aws-sdk/')
    ? '@aws-sdk'
    : specifier.replace(/^(@[^/]+\/[^/]+|[^@][^/]*).*$/, '$1');
  const rooms = doors[name];
  return rooms === undefined ? from === 'infra' : rooms.includes(from);
}

function reaches(edges: Map<string, Set<string>>, from: string, goal: string, seen: Set<string>): boolean {
  for (const next of edges.get(from) ?? []) {
    if (next === goal) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    if (reaches(edges, next, goal, seen)) return true;
  }
  return false;
}

function importsOf(file: string): Import[] {
  const statement =
    /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...read(file).matchAll(statement)].map(([, , type, fixed, dynamic]) => {
    const specifier = fixed ?? dynamic ?? '';
    const target = specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier;
    return { file, target, isType: type !== undefined };
  });
}

function roomOf(file: string): string {
  if (file.startsWith('infra/')) return 'infra';
  if (file.startsWith('functions/shortener/')) return 'functions/shortener';
  if (file.startsWith('functions/')) return 'functions';
  if (file.startsWith('shared/config/parse')) return 'config/parse';
  return file.split('/')[1] ?? file;
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
