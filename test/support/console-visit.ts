import type { BrowserContextOptions, Page } from 'playwright-core';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import type { LaunchedBrowser } from './browser.ts';
import { type ConsoleMock, startConsoleMock } from './console-mock.ts';

/** The console's page in a browser, in front of a mock. `complaints` are the errors of its script. */
export type Visit = { readonly mock: ConsoleMock; readonly page: Page; readonly complaints: string[] };

export type Visits = {
  /** Opens the page in a state, in Amsterdam. */
  readonly show: (state: ConsoleState, options?: BrowserContextOptions) => Promise<Visit>;
  /** Closes every page and every mock that was opened. */
  readonly close: () => Promise<void>;
};

export function createVisits(launched: LaunchedBrowser): Visits {
  const open: (() => Promise<void>)[] = [];
  return {
    show: async (state, options = {}) => {
      if ('missing' in launched) throw new Error(launched.missing);
      const mock = await startConsoleMock(state);
      const context = await launched.browser.newContext({ timezoneId: 'Europe/Amsterdam', ...options });
      open.push(() => context.close(), mock.close);
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      const complaints = complaintsOf(page);
      await page.goto(mock.url);
      await page.locator('#verdict[data-state]').waitFor();
      return { mock, page, complaints };
    },
    close: async () => {
      for (const close of open.splice(0)) await close();
    },
  };
}

/** What the page's script complains of from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return complaints;
}
