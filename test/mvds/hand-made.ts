import { toPeerId } from '../../main/mvds/ids.ts';
import { payload } from './messages.ts';
import { GROUP, TestNetwork, type Sent } from './network.ts';

export const PEER = toPeerId('hand-made');

/** A node with one peer that is played by the test. */
export async function nodeAndPeer(mode: 'batch' | 'interactive' = 'batch') {
  const network = new TestNetwork();
  const node = await network.node('a');
  await node.mvds.setPeer(PEER, { groups: new Set([GROUP]), mode });
  await node.mvds.peerOnline(PEER);
  const receive = async (parts: Parameters<typeof payload>[0]) => {
    const result = await node.mvds.receive(PEER, payload(parts));
    await network.run();
    return result;
  };
  return { network, node, receive };
}

/** What was sent to the peer since the last call. */
export function sentTo(network: TestNetwork, peer = PEER): Sent[] {
  return network.takeLog().filter(({ to }) => to === peer);
}
