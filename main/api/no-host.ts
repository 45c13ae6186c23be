import { ReunionError } from './errors.ts';
import type { HostResults } from './host-contract.ts';
import type { DeviceCommands } from './server.ts';

const NONE = 'Only the installed app has these settings; this is its page in a browser.';

/** The commands about the host where there is none but a browser. */
export const noHost: Pick<DeviceCommands, keyof HostResults> = {
  hostSettings: async () => null,
  setHostSettings: refuse,
  checkForUpdates: refuse,
  installUpdate: refuse,
};

async function refuse(): Promise<never> {
  throw new ReunionError('not-found', NONE);
}
