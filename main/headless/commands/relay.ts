import { openKeys } from '../../identity/keys.ts';
import { startRelayServer } from '../../network/relay-server.ts';
import { lockFolder } from '../../store/index.ts';
import { makeDataFolder } from '../folders.ts';
import { untilStopped } from './until-stopped.ts';

export interface RelayCommandOptions {
  readonly data: string;
  readonly listen: readonly string[];
}

/** All interfaces, TCP and WebSocket. */
const LISTEN = [
  '/ip4/0.0.0.0/tcp/4001',
  '/ip4/0.0.0.0/tcp/4002/ws',
  '/ip6/::/tcp/4001',
  '/ip6/::/tcp/4002/ws',
];

/** `reunion relay`. Resolves once the relay has been told to stop, and has. */
export async function runRelay(options: RelayCommandOptions): Promise<void> {
  const stopped = untilStopped();
  const folder = makeDataFolder(options.data);
  const unlock = lockFolder(folder);
  try {
    const { seed } = openKeys(folder, false);
    const relay = await startRelayServer(seed, options.listen.length > 0 ? options.listen : LISTEN);
    for (const address of relay.addresses) console.log(`listening ${address}`);
    await stopped;
    await relay.stop();
  } finally {
    unlock();
  }
}
