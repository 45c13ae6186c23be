import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { ids, GROUP, TestNetwork, text, type TestNode } from './network.ts';

/** Node indices wrap around, so that every step is possible in every graph. */
const steps = fc.array(
  fc.record({
    type: fc.constantFrom(
      'append',
      'append',
      'append',
      'epoch',
      'lossy',
      'lossy',
      'restart',
      'part',
    ),
    node: fc.nat(3),
    other: fc.nat(3),
    lose: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  }),
  { maxLength: 30, size: 'max' },
);

const worlds = fc.record({
  /** For each node but the first, an earlier one that it is joined to: any tree, so any connected graph has one. */
  joinedTo: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
  /** Joins the last node to the first as well: a ring. */
  isClosed: fc.boolean(),
  mode: fc.constantFrom('batch', 'interactive'),
  causal: fc.boolean(),
  steps,
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** Resending soon, so that a short world has every kind of repetition in it. */
const backoff = (sendCount: number): number => 1 + (sendCount % 3);

class Play {
  readonly network = new TestNetwork();
  readonly nodes: TestNode[] = [];
  readonly delivered: string[][] = [];
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  async start(): Promise<void> {
    const { joinedTo, mode } = this.world;
    for (let index = 0; index <= joinedTo.length; index += 1) {
      this.nodes.push(await this.network.node(`n${index}`, { backoff }));
      this.delivered.push([]);
    }
    for (const [a, b] of this.edges()) await this.network.join(a, b, mode);
  }

  async step({ type, node: index, other, lose }: World['steps'][number]): Promise<void> {
    const node = this.at(index);
    let sent = 0;
    switch (type) {
      case 'append':
        await node.mvds.append(text('m', { causal: this.world.causal }));
        await this.network.run();
        break;
      case 'epoch':
        await this.network.epochs(1);
        break;
      case 'lossy':
        // Loses some of what is said from now on, until the next step of this kind.
        this.network.passes = () => lose[sent++ % lose.length] !== true;
        await this.network.run();
        break;
      case 'restart':
        await this.restart(index % this.nodes.length);
        break;
      case 'part':
        await node.mvds.peerOffline(this.at(other).id);
        break;
    }
  }

  /** What each node delivered, over all of its lives. */
  lives(index: number): string[] {
    const now = this.nodes[index]?.delivered.map(({ id }) => id) ?? [];
    return [...(this.delivered[index] ?? []), ...now];
  }

  async meetAgain(): Promise<void> {
    this.network.passes = () => true;
    for (const [a, b] of this.edges()) {
      await a.mvds.peerOnline(b.id);
      await b.mvds.peerOnline(a.id);
    }
    await this.network.epochs(60);
  }

  private async restart(index: number): Promise<void> {
    const old = this.at(index);
    this.delivered[index] = this.lives(index);
    const memory = createMemorySyncStore(old.store.snapshot());
    const node = await this.network.node(old.id, { memory, backoff });
    this.nodes[index] = node;
    for (const peerId of old.mvds.view.peers.keys()) {
      await node.mvds.setPeer(peerId, { groups: new Set([GROUP]), mode: this.world.mode });
      await node.mvds.peerOnline(peerId);
    }
  }

  private edges(): [TestNode, TestNode][] {
    const { joinedTo, isClosed } = this.world;
    const tree = joinedTo.map((to, index): [TestNode, TestNode] => [
      this.at(index + 1),
      this.at(to % (index + 1)),
    ]);
    return isClosed && joinedTo.length > 1
      ? [...tree, [this.at(joinedTo.length), this.at(0)]]
      : tree;
  }

  private at(index: number): TestNode {
    const node = this.nodes[index % this.nodes.length];
    if (node === undefined) throw new RangeError('no such node');
    return node;
  }
}

test('whatever happens in whatever order, all end with the union, once each, parents first, and silent', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const play = new Play(world);
      await play.start();
      for (const step of world.steps) await play.step(step);
      await play.meetAgain();

      const written = world.steps.filter(({ type }) => type === 'append').length;
      const stores = await Promise.all(play.nodes.map(({ store }) => ids(store)));
      for (const [index, held] of stores.entries()) {
        expect(held).toEqual(stores[0]);
        expect(held).toHaveLength(written);
        const delivered = play.lives(index);
        expect(delivered.toSorted()).toEqual(held);
        for (const { id, metadata } of play.nodes[index]?.store.snapshot().messages ?? []) {
          for (const parent of metadata.parents) {
            expect(delivered.indexOf(parent)).toBeLessThan(delivered.indexOf(id));
          }
        }
      }
      play.network.takeLog();
      await play.network.epochs(1000);
      expect(play.network.takeLog()).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
