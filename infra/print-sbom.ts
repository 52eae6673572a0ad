import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './build.ts';
import { sbomOf } from './sbom.ts';

/** `npm run sbom`: what is deployed, as CycloneDX JSON on standard output. */
const root = join(import.meta.dirname, '..');
const outdir = mkdtempSync(join(tmpdir(), 'burnwatch-sbom-'));
try {
  process.stdout.write(`${JSON.stringify(await sbomOf(await bundle(root, outdir), root), null, 2)}\n`);
} finally {
  rmSync(outdir, { recursive: true });
}
