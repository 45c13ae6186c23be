import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RunningProcess, temporaryFolder } from '../../helpers/processes.ts';

/** A node may take so many bytes a minute while nothing happens, both ways together. */
const BYTES_PER_MINUTE_MAX = 40_000;
const NODES = 5;
/** How long it is measured at a time, and how often; the middle one counts. */
const SECONDS = 12;
const WINDOWS = 3;

function ip(...args: string[]): boolean {
  return spawnSync('ip', args).status === 0;
}

/** Why it cannot be measured here; undefined where it can. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  const name = `ri${process.pid}x`;
  if (!ip('netns', 'add', name)) return 'no network namespace can be made';
  ip('netns', 'del', name);
  return undefined;
}

const why = whyNot();

describe('store nodes with nothing to do', () => {
  test.skipIf(why !== undefined)(
    `send and receive less than 40 kB a minute each${why === undefined ? '' : ` (skipped: ${why})`}`,
    async () => {
      const name = `ri${process.pid}`;
      ip('netns', 'add', name);
      onTestFinished(() => void ip('netns', 'del', name));
      spawnSync('ip', ['netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up']);
      const listen = ['--listen', '/ip4/127.0.0.1/tcp/0'];
      const start = async (more: readonly string[]): Promise<RunningProcess> => {
        const args = ['store-node', '--data', temporaryFolder(), ...listen, ...more];
        const node = new RunningProcess(args, name);
        await node.line(/^ready /u);
        return node;
      };
      const first = await start([]);
      const [, address = ''] = await first.line(/^listening (\S+)$/u);
      const nodes = [first];
      while (nodes.length < NODES) nodes.push(await start(['--bootstrap', address]));
      // What passes over the loopback of the namespace: each byte once, sent by one node and received by another.
      const carried = (): number => {
        const text = readFileSync(`/proc/${first.child.pid}/net/dev`, 'utf8');
        return Number(/lo:\s*(\d+)/u.exec(text)?.[1]);
      };
      // Until the mesh has formed, and the first visits are over.
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      const windows: number[] = [];
      while (windows.length < WINDOWS) {
        const before = carried();
        await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
        windows.push(((carried() - before) * 2 * (60 / SECONDS)) / NODES);
      }
      // A busy machine may still be forming the mesh in the first.
      const perMinute = windows.sort((a, b) => a - b)[Math.floor(WINDOWS / 2)] ?? Infinity;
      console.log(`idle: ${Math.round(perMinute)} bytes a minute for each of ${NODES} nodes`);
      expect(perMinute).toBeLessThan(BYTES_PER_MINUTE_MAX);
      expect(perMinute).toBeGreaterThan(0);
    },
    120_000,
  );
});
