import { toPeerId } from '../../main/mvds/ids.ts';
import { GROUP, TestNetwork } from './network.ts';

export const PEER = toPeerId('peer');
export const THIRD = toPeerId('third');

/** A node whose peers, played by the test, are online. */
export async function nodeWith(...peers: (typeof PEER)[]) {
  const network = new TestNetwork();
  const node = await network.node('node');
  for (const peerId of peers) {
    await node.mvds.setPeer(peerId, { groups: new Set([GROUP]), mode: 'batch' });
    await node.mvds.peerOnline(peerId);
  }
  return { network, node };
}
