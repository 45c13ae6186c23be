import { expect, test } from 'vitest';
import type { PeerId } from '../../../main/mvds/types.ts';
import { PEER_CONNECTIONS_MAX } from '../../../main/network/peers/constants.ts';
import { SCALE_DEFAULTS } from './config.ts';
import { makeScaleNode } from './run.ts';
import { World } from './world.ts';

const SECOND = 1_000;
const STARTS_PER_SECOND = 10;
const { degree, loss } = SCALE_DEFAULTS;

/** Those that a node reaches over sessions, however many lie between. */
function reachedFrom(world: World, first: PeerId): ReadonlySet<PeerId> {
  const reached = new Set([first]);
  for (const peer of reached) {
    for (const [other, { wire }] of world.connections.of(peer)) if (wire) reached.add(other);
  }
  return reached;
}

test(
  'more nodes than one can hold connections to find each other from one address, and are one graph',
  { timeout: 120_000 },
  async () => {
    const nodes = PEER_CONNECTIONS_MAX + 24;
    const makeNode = makeScaleNode.bind(undefined, { topology: 'mesh', degree });
    const world = new World({ nodes, loss, seed: 5, makeNode });
    for (const [index, node] of world.all.entries()) {
      world.clock.schedule((index * SECOND) / STARTS_PER_SECOND, () => world.start(node));
    }
    await world.clock.pass((nodes * SECOND) / STARTS_PER_SECOND + 60 * SECOND);
    const [bootstrap] = world.all;
    if (!bootstrap) throw new Error('no nodes');
    expect(reachedFrom(world, bootstrap.peerId).size).toBe(nodes);
    expect(world.connections.of(bootstrap.peerId).size).toBeLessThan(PEER_CONNECTIONS_MAX);
    expect(Math.max(...world.all.map(({ neighbours }) => neighbours))).toBeLessThanOrEqual(degree);
    expect(world.errors).toEqual([]);
  },
);
