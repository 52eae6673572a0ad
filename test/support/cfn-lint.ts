import { spawnSync } from 'node:child_process';

/** AWS's linter of templates: a Python tool that a machine may have, or have broken. */
const linter = 'cfn-lint';
export const cfnLint = (...args: string[]) => spawnSync(linter, args, { encoding: 'utf8' });

/** `it` where the linter runs, and otherwise a test that is counted as skipped. */
export const itWithCfnLint = cfnLint('--version').status === 0 ? it : xit;
