import { FORMING_MS, LOOK_MS, STARTS_PER_SECOND } from './limits.ts';
import { World } from './world.ts';
import type { WorldOptions } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Enough for everybody to have others to learn from, few enough for days of it. */
const GAP_NODES = 10;
/** Messages go on while one node is away. */
const PUBLISH_EVERY_MS = 5 * MINUTE;
/** Longer than the window of an hour: what has not come by then never will. */
export const GAP_PATIENCE_MS = 90 * MINUTE;

export interface GapOutcome {
  readonly gapMs: number;
  /** Messages that were published while it was away. */
  readonly missed: number;
  /** How many of them it had not got at the end. */
  readonly lacking: number;
  /** From its return until it had all; undefined: never. Milliseconds. */
  readonly healedMs: number | undefined;
}

/** One of ten nodes is away for so long, and comes back. Nothing else befalls them but loss. */
export async function healGap(
  options: Omit<WorldOptions, 'nodes'>,
  gapMs: number,
): Promise<GapOutcome> {
  const world = new World({ ...options, nodes: GAP_NODES });
  const { clock } = world;
  for (const [index, node] of world.all.entries()) {
    clock.schedule((index * SECOND) / STARTS_PER_SECOND, () => world.start(node));
  }
  await clock.pass(FORMING_MS);
  const node = world.random.pick(world.up.slice(1));
  world.leave(node);
  for (let passed = 0; passed < gapMs; passed += PUBLISH_EVERY_MS) {
    world.publish(world.random.pick(world.up), 0);
    await clock.pass(Math.min(PUBLISH_EVERY_MS, gapMs - passed));
  }
  const missed = [...world.union()];
  world.start(node);
  let healedMs: number | undefined;
  for (let elapsed = 0; elapsed < GAP_PATIENCE_MS && healedMs === undefined; elapsed += LOOK_MS) {
    if (missed.every((id) => node.held.has(id))) healedMs = elapsed;
    else await clock.pass(LOOK_MS);
  }
  if (world.errors.length > 0) throw new AggregateError(world.errors, 'a node met an error');
  const lacking = missed.filter((id) => !node.held.has(id)).length;
  return { gapMs, missed: missed.length, lacking, healedMs };
}
