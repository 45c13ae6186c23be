// A process with the network of a device, which stays connected to another one: it prints `at` and where it listens, the
// path of each session when that begins, and `ended` when it ends. On SIGTERM it stops the network, and ends when nothing
// keeps it from that. Arguments: see `ProcessOptions`, as JSON.
import { multiaddr } from '@multiformats/multiaddr';
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import { Network } from '../../main/network/network.ts';
import { keysOf } from '../helpers/identities.ts';
import type { ProcessOptions } from './direct-processes.ts';

const options = JSON.parse(process.argv[2] ?? '') as ProcessOptions;
const { relay, path, otherAt } = options;
const network = await Network.create({
  keys: keysOf(options.own),
  listen: path === 'lan' ? ['/ip4/127.0.0.1/tcp/0'] : [],
  mustListen: true,
  relays: relay === undefined ? [] : [relay],
  lan: false,
  direct: path === 'direct' ? { stun: [], bindAddress: '127.0.0.1' } : undefined,
  clock: systemClock,
  random: systemRandom,
  onRelayChange: () => undefined,
});
network.onSession((session) => {
  process.stdout.write(`${session.path}\n`);
  void session.channel.read().then(() => process.stdout.write('ended\n'));
});
const other = keysOf(options.other).peerId;
if (otherAt !== undefined) network.learnAddresses(other, [multiaddr(otherAt).bytes]);
await network.start();
if (path === 'lan') {
  const [own = new Uint8Array()] = await network.reachableAt();
  process.stdout.write(`at ${multiaddr(own).toString()}\n`);
}
network.want(new Set([other]));
process.once('SIGTERM', () => void network.stop());
