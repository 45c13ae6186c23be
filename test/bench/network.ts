import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { multiaddr } from '@multiformats/multiaddr';
import { nodeEnvironment, nodeFlags } from '../../scripts/launch.mjs';
import type { FrameChannel } from '../../main/helpers/frame-channel.ts';
import type { DeviceNode } from '../../main/network/node.ts';
import { inFolder } from './folder.ts';
import { idleFigures, IDLE_SECONDS } from './network-idle.ts';
import { BENCH_PROTOCOL, benchChannel, benchNode, ECHO } from './network-peer.ts';
import type { Figure } from './table.ts';
import { formatFigures } from './table.ts';

const DEFAULT_MEGABYTES = 64;
const LARGE = 64 * 1024;
/** A message, as it is on the wire. */
const SMALL = 300;
const SMALL_FRAMES = 20_000;
/** What may be under way without an answer: what synchronization keeps to. */
const WINDOW_BYTES = 512 * 1024;
const ROUNDS = 300;
const DIAL_TRIES = 5;

export const NETWORK_USAGE = `network: round trip and throughput by TCP, WebSocket, relay and WebRTC on loopback; cost of an idle device
  --megabytes N   sent by each (${DEFAULT_MEGABYTES})
  --idle N        seconds for which each idle device is watched (${IDLE_SECONDS}); 0: not at all
`;

const REUNION = join(import.meta.dirname, '../reunion.mjs');
const BENCH = process.argv[1] ?? '';

/** Three processes on loopback: this one, another device, and a relay. Then devices in network namespaces, for their bytes. */
export async function benchNetwork(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: 'string', default: String(DEFAULT_MEGABYTES) },
      idle: { type: 'string', default: String(IDLE_SECONDS) },
    },
  });
  const running: ChildProcess[] = [];
  await inFolder(tmpdir(), async (folder) => {
    try {
      const figures = await pathFigures(folder, Number(values.megabytes), running);
      process.stdout.write(formatFigures(figures));
    } finally {
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(running.map(ended));
    }
  });
  if (Number(values.idle) > 0) process.stdout.write(await idleFigures(Number(values.idle)));
  // WebRTC's threads would keep the process for a while.
  process.exit();
}

interface Measured {
  readonly name: string;
  /** Milliseconds, median. */
  readonly roundTrip: number;
  /** Millions of bytes a second. */
  readonly rate: number;
  /** Frames of a message's size a second. */
  readonly frames: number;
}

async function pathFigures(
  folder: string,
  megabytes: number,
  running: ChildProcess[],
): Promise<Figure[]> {
  const relayArgs = [
    'relay',
    '--data',
    folder,
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
    '--stun',
    'off',
  ];
  const relayLine = await firstLine(start(running, REUNION, relayArgs), /^listening (\S+)$/u);
  const peerLine = await firstLine(
    start(running, BENCH, ['network-peer', relayLine]),
    /^(\{.*\})$/u,
  );
  const peer = JSON.parse(peerLine) as { peerId: string; addresses: string[] };
  const own = (part: RegExp) => peer.addresses.find((address) => part.test(address)) ?? '';
  const through = `${relayLine}/p2p-circuit`;
  const ways = [
    ['TCP', own(/\/tcp\/\d+\/p2p\/[^/]+$/u)],
    ['WebSocket', own(/\/ws\/p2p\/[^/]+$/u)],
    ['relay', `${through}/p2p/${peer.peerId}`],
    ['WebRTC', `${through}/webrtc/p2p/${peer.peerId}`],
  ] as const;
  const node = await benchNode(new Uint8Array(32).fill(1), relayLine);
  const measured: Measured[] = [];
  for (const [name, address] of ways) measured.push(await measure(node, name, address, megabytes));
  await node.stop();
  const [tcp] = measured;
  return measured.flatMap(({ name, roundTrip, rate, frames }) => [
    {
      name: `${name}: round trip`,
      value: roundTrip,
      unit: 'ms',
      note: `${(roundTrip / (tcp?.roundTrip ?? 1)).toFixed(1)} of TCP's`,
    },
    {
      name: `${name}: frames of 64 KiB`,
      value: rate,
      unit: 'MB/s',
      note: `${(rate / (tcp?.rate ?? 1)).toFixed(2)} of TCP's`,
    },
    {
      name: `${name}: frames of ${SMALL} B`,
      value: frames,
      unit: '/s',
      note: `${(frames / (tcp?.frames ?? 1)).toFixed(2)} of TCP's`,
    },
  ]);
}

async function measure(
  node: DeviceNode,
  name: string,
  address: string,
  megabytes: number,
): Promise<Measured> {
  const channel = await open(node, address);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await channel.write(new Uint8Array(64).fill(ECHO));
    await channel.read();
    rounds.push(performance.now() - began);
  }
  rounds.sort((one, other) => one - other);
  const count = Math.ceil((megabytes * 1e6) / LARGE);
  const largeSeconds = await push(channel, count, LARGE);
  const smallSeconds = await push(channel, SMALL_FRAMES, SMALL);
  await channel.close();
  await node.hangUp(multiaddr(address)).catch(() => undefined);
  return {
    name,
    roundTrip: rounds[ROUNDS / 2] ?? 0,
    rate: (count * LARGE) / 1e6 / largeSeconds,
    frames: SMALL_FRAMES / smallSeconds,
  };
}

/** One WebRTC dial in a hundred fails, for no reason of ours. */
async function open(node: DeviceNode, address: string): Promise<FrameChannel> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const connection = await node.dial(multiaddr(address), { force: true });
      return benchChannel(
        await connection.newStream(BENCH_PROTOCOL, { runOnLimitedConnection: true }),
      );
    } catch (error) {
      if (attempt === DIAL_TRIES) throw error;
    }
  }
}

/** Seconds until all frames are answered, a window of them under way. */
async function push(channel: FrameChannel, count: number, bytes: number): Promise<number> {
  const frame = new Uint8Array(bytes).fill(1);
  const window = Math.ceil(WINDOW_BYTES / bytes);
  const began = performance.now();
  let sent = 0;
  for (let answered = 0; answered < count; answered += 1) {
    while (sent < count && sent - answered < window) {
      await channel.write(frame);
      sent += 1;
    }
    if (!(await channel.read())) throw new Error('the other end has gone');
  }
  return (performance.now() - began) / 1000;
}

function start(running: ChildProcess[], program: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [...nodeFlags, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...nodeEnvironment },
  });
  running.push(child);
  return child;
}

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('a process without output');
  for await (const line of createInterface({ input: stdout })) {
    const match = pattern.exec(line);
    if (match?.[1] !== undefined) {
      stdout.resume();
      return match[1];
    }
  }
  throw new Error('a process ended before it was ready');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}
