import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumptions } from '../../infra/cost/assumptions.ts';
import { costOf } from '../../infra/cost/index.ts';
import { costExample, costOptions } from '../support/cost-example.ts';
import { moreToPay, ofType, pricesOfTemplates, readPackaged, unlike } from '../support/cost-template.ts';
import { configOf } from '../support/monitored.ts';
import { copyProject, type Run, removeProject, serverless } from '../support/package.ts';

import.meta.jest.setTimeout(180_000);

let root = '';
let run: Run;
const text = costExample() + moreToPay;

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'cost.yml'), text);
  run = await serverless(root, ['package', '--param', 'config=cost.yml', '--param', 'shortener=off']);
});
afterAll(() => removeProject(root));

describe('the price of what is packaged', () => {
  it('is that of the configuration, within 2 % in each of its categories', () => {
    expect(run).toMatchObject({ code: 0 });
    const { lines } = costOf(configOf(text), costOptions);
    expect(unlike(lines, pricesOfTemplates(readPackaged(root)))).toEqual([]);
  });

  it('is that of functions with the memory that they have', () => {
    const memory = Object.fromEntries(
      ofType(readPackaged(root), 'AWS::Lambda::Function').map(({ id, properties }) => [id, properties.MemorySize]),
    );
    expect(memory).toEqual({ ProbeLambdaFunction: 512, EvaluateLambdaFunction: 512, BurstLambdaFunction: 1_024 });
    expect(assumptions.probe.waitSeconds).toBe(0.35);
  });
});
