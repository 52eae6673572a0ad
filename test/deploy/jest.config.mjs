import base from '../../jest.config.mjs';

/** What deploys: minutes, a Python with an emulator, and so apart from `npm test`. */
export default { ...base, rootDir: '../..', testMatch: ['<rootDir>/test/deploy/*.deploy.ts'], runner: 'jest-runner' };
