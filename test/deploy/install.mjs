import { installTools, NoEmulator, refusal } from './emulator.ts';

/** Once, before the stories, which would get in each other's way. */
export default async function install() {
  await installTools().catch((error) => {
    if (!(error instanceof NoEmulator)) throw error;
    process.env[refusal] = `${error.message}: ${error.cause}`;
  });
}
