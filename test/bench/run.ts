import { readdirSync } from 'node:fs';

/** `npm run bench` lists the benchmarks, `npm run bench -- bundles` runs one: each is a file of this folder that exports `run`. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
const [name, ...flags] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  const benchmark: { readonly run: (flags: readonly string[]) => Promise<void> } = await import(`./${name}.bench.ts`);
  await benchmark.run(flags);
}
