#!/usr/bin/env node
const isOld = Number(process.versions.node.split('.')[0]) < 24;
if (isOld)
  console.error(`Burnwatch needs Node 24 or later, this is ${process.version}: run it as npx burnwatch in its folder.`);
process.exitCode = isOld ? 2 : await (await import('./process.ts')).runProcess(process);
