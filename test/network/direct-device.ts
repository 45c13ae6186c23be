// A process with the network of a device, which stays connected to another one: it prints the path of each session when
// that begins, and `ended` when it ends; on SIGTERM it stops the network, and ends when nothing keeps it from that.
// Arguments: number of its keys, number of the other's keys, relay, and `direct` where it is to connect directly.
import { systemClock, systemRandom } from '../../main/helpers/clock.ts';
import { Network } from '../../main/network/network.ts';
import { keysOf } from '../helpers/identities.ts';

const [own = '', other = '', relay = '', direct = ''] = process.argv.slice(2);
const network = await Network.create({
  keys: keysOf(Number(own)),
  listen: [],
  mustListen: true,
  relays: [relay],
  lan: false,
  direct: direct === 'direct' ? { stun: [], bindAddress: '127.0.0.1' } : undefined,
  clock: systemClock,
  random: systemRandom,
  onRelayChange: () => undefined,
});
network.onSession(({ path, channel }) => {
  process.stdout.write(`${path}\n`);
  void channel.read().then(() => process.stdout.write('ended\n'));
});
await network.start();
network.want(new Set([keysOf(Number(other)).peerId]));
process.once('SIGTERM', () => {
  void network.stop().then(() => process.stdout.write('stopped\n'));
});
