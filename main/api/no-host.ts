import { ReunionError } from './errors.ts';
import type { HostResults } from './host-contract.ts';
import type { DeviceCommands } from './server.ts';
import type { WebResults } from './web-contract.ts';

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

const NO_PAGE = 'This device runs without its web page.';

/** The commands about the page in a browser where there is none but that of the app, which needs no tickets. */
export const noWeb: Pick<DeviceCommands, keyof WebResults> = {
  webSessions: async () => null,
  endWebSession: refusePage,
  createWebLink: refusePage,
  contentTicket: async () => ({ ticket: null }),
};

async function refusePage(): Promise<never> {
  throw new ReunionError('not-found', NO_PAGE);
}
