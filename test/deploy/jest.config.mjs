import base from '../../jest.config.mjs';

/** What deploys: minutes, a Python with an emulator, and so apart from `npm test`. Each story has an emulator of its own, and mostly waits. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deploy/*.deploy.ts'],
  globalSetup: '<rootDir>/test/deploy/install.mjs',
  runner: 'jest-runner',
  maxWorkers: 4,
};
