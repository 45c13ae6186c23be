import { openKeys } from '../../identity/keys.ts';
import { startRelayServer } from '../../network/relay-server.ts';
import { lockFolder } from '../../store/index.ts';
import { makeDataFolder } from '../folders.ts';
import { untilStopped } from './until-stopped.ts';

export interface RelayCommandOptions {
  readonly data: string;
  readonly listen: readonly string[];
}

/** `reunion relay`. Resolves once the relay has been told to stop, and has. */
export async function runRelay(options: RelayCommandOptions): Promise<void> {
  const stopped = untilStopped();
  const folder = makeDataFolder(options.data);
  const unlock = lockFolder(folder);
  try {
    const { seed } = await openKeys(folder, false);
    const relay = await startRelayServer(seed, options.listen);
    for (const address of relay.addresses) console.log(`listening ${address}`);
    await stopped;
    await relay.stop();
  } finally {
    unlock();
  }
}
