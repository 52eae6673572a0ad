import { readFileSync } from 'node:fs';
import { userAgent } from '../../../shared/http/user-agent.ts';

it('the user agent names the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(userAgent).toBe(`burnwatch/${version}`);
});
