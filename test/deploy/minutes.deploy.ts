import { whatIsLeft } from './account.ts';
import type { Emulator } from './emulator.ts';
import { openPage } from './page.ts';
import { openProject } from './project.ts';
import { slow, steps, withEmulator } from './stage.ts';

const stack = 'shortener-dev';

await withEmulator('docs/deploy.md, command by command', story);

/** What stands under "Deploy in five minutes", and how an account is checked, in the order of the page. */
function story(emulator: Emulator): void {
  const { call, stop } = emulator;
  const project = openProject(emulator);
  const page = openPage('minutes', project);
  const step = steps();

  afterAll(async () => {
    project.remove();
    await stop();
  }, slow);

  step('says what it costs, and deploys', async () => {
    await page.run('npx burnwatch cost --max 5');
    await page.run('export ALERT_EMAIL=you@example.com');
    await page.run('npx serverless deploy');
    await page.run(
      'aws ssm put-parameter --name /burnwatch/write-token --type SecureString --value "$(openssl rand -hex 32)"',
    );
  });

  step('tells of a drill, while one deploys a configuration of their own', async () => {
    const own = async () => {
      const asked = ['--url', 'https://example.com/', '--email', 'you@example.com', '--config', 'mine.yml'];
      expect(await project.burnwatch('init', ...asked)).toMatchObject({ code: 0 });
      await page.run('npx serverless deploy --stage prod --param shortener=off --param config=mine.yml');
      await page.run(
        `npx serverless invoke local -f probe -d '{"monitors":["shortener-health"]}' -e OUTPUT_ShortenerUrl=https://go.example.com`,
      );
    };
    await Promise.all([page.run('npx burnwatch drill --stage dev'), own()]);
  });

  step('says how it stands', async () => {
    await page.run('npx burnwatch status --stage dev');
    await page.run('npx burnwatch doctor --stage dev');
  });

  step('answers all that an account is asked', async () => {
    for (const command of page.left()) if (!last.includes(command)) await page.run(command);
  });

  step('is deployed as into an emulator, and removed', async () => {
    for (const command of last) await page.run(command);
    expect(page.left()).toEqual([]);
    expect(await whatIsLeft(call, stack)).toEqual([]);
  });
}

const last = [
  'npx serverless deploy --param savedQueries=off',
  'npx serverless remove --param delete=true',
  'aws ssm delete-parameter --name /burnwatch/write-token',
];
