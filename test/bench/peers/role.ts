import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isBodyKind } from '../bodies.ts';
import { openHypercore } from './hypercore.ts';
import { openPlain } from './plain.ts';
import { openPouchDb } from './pouchdb.ts';
import { messagesOf } from './replica.ts';
import type { OpenReplica, PeerMessage, Replica, Side, Workload } from './replica.ts';

export const OTHER_SYSTEMS = {
  plain: openPlain,
  hypercore: openHypercore,
  pouchdb: openPouchDb,
} as const satisfies Record<string, OpenReplica>;
export type OtherSystem = keyof typeof OTHER_SYSTEMS;

/** What one process of another system is to do, as JSON on its command line. */
export interface Role {
  readonly system: OtherSystem;
  /** Where the packages are. */
  readonly packages: string;
  readonly folder: string;
  readonly side: Side;
  readonly task:
    | { readonly kind: 'seed'; readonly workload: Workload }
    | { readonly kind: 'serve' | 'pull'; readonly port: number; readonly expected: number };
}

const SEEDED_AT_ONCE = 500;
/** The longest that a timer of Node can wait. */
const MOST_DELAY_MS = 2 ** 31 - 1;

/** Does it, and prints `ready` and `done` with the Unix milliseconds; then it waits for SIGTERM. */
export async function playRole([json = '']: readonly string[]): Promise<void> {
  const role = JSON.parse(json) as Role;
  const { system, packages, folder, side, task } = role;
  mkdirSync(folder, { recursive: true });
  const load = createRequire(join(packages, 'package.json'));
  const replica = await OTHER_SYSTEMS[system](load, folder, side);
  const stopped = new Promise<void>((resolve) => process.once('SIGTERM', resolve));
  // A signal is nothing that a process stays for.
  setInterval(() => undefined, MOST_DELAY_MS);
  switch (task.kind) {
    case 'seed':
      await seed(replica, task.workload);
      await replica.close();
      process.exit(0);
      break;
    case 'serve': {
      const { complete } = await replica.serve(task.port, task.expected);
      print('ready');
      await complete;
      break;
    }
    case 'pull':
      await replica.pull(task.port, task.expected);
      break;
  }
  print('done');
  await stopped;
  // Some wait for the other side, which may be gone; nothing is measured any more.
  await Promise.race([replica.close(), new Promise((resolve) => setTimeout(resolve, 2_000))]);
  process.exit(0);
}

async function seed(replica: Replica, workload: Workload): Promise<void> {
  if (!isBodyKind(workload.kind)) throw new Error('a kind of bodies that is not known');
  let batch: PeerMessage[] = [];
  for (const message of messagesOf(workload)) {
    batch.push(message);
    if (batch.length < SEEDED_AT_ONCE) continue;
    await replica.add(batch);
    batch = [];
  }
  if (batch.length > 0) await replica.add(batch);
}

function print(event: 'ready' | 'done'): void {
  process.stdout.write(`${event} ${performance.timeOrigin + performance.now()}\n`);
}
