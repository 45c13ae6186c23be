import type { ApiClient } from '../../main/api/client.ts';
import {
  pair,
  startDevice,
  startRelay,
  temporaryFolder,
  type StartedDevice,
} from '../helpers/processes.ts';
import { apiOf, eventually } from '../helpers/watch.ts';

/** Texts that are on their way to the device at the same time while it is filled. */
const FILLING_AT_ONCE = 256;
const TEXT_BYTES = 300;

export interface Transfer {
  /** Payload bytes that arrived, over all sessions. */
  readonly received: number;
  /** The same up to the first kill, and the messages that were stored by then. */
  readonly untilFirstKill: { readonly bytes: number; readonly messages: number };
  readonly kills: number;
  /** Messages that each of the two holds in the end. */
  readonly held: readonly [number, number];
}

/** A device under test, which may be killed and started again on the same folder. */
class Side {
  readonly folder = temporaryFolder();
  api!: ApiClient;
  #device: StartedDevice | undefined;

  async start(...options: string[]): Promise<void> {
    this.#device = await startDevice(this.folder, ['--web', 'off', ...options]);
    this.api = await apiOf(this.folder);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.api.close();
    await this.#device?.process.kill(signal);
  }

  async held(): Promise<number> {
    return (await this.api.call('status', {})).storage.messages;
  }

  async isInStep(): Promise<boolean> {
    const [peer] = (await this.api.call('status', {})).peers;
    return peer?.state === 'up-to-date';
  }
}

/**
 * Moves a history from one device to another over a relay on loopback, and kills one of them, in turns, whenever the share
 * that has arrived reaches the next of `killAt`.
 */
export async function transferWithKills(
  messages: number,
  killAt: readonly number[],
): Promise<Transfer> {
  const relay = await startRelay();
  const [from, to] = [new Side(), new Side()];
  await from.start('--relay', relay.address);
  await to.start();
  await pair(from.folder, to.folder);
  await eventually(from.api, () => from.isInStep(), 'in step before there is anything');
  await to.kill('SIGTERM');
  await fill(from.api, messages);
  const before = await from.held();

  let [received, inSession] = [0, 0];
  let untilFirstKill: Transfer['untilFirstKill'] | undefined;
  /** Adds up the sessions: a number that falls is that of another one. */
  const look = async (): Promise<number> => {
    const { peers, storage } = await to.api.call('status', {});
    const bytes = peers[0]?.bytesReceived ?? 0;
    if (bytes < inSession) received += inSession;
    inSession = bytes;
    return storage.messages;
  };
  await to.start();
  for (const [index, share] of killAt.entries()) {
    const wanted = Math.ceil(before * share);
    await eventually(to.api, async () => (await look()) >= wanted, `${share} of the messages`);
    untilFirstKill ??= { bytes: received + inSession, messages: await to.held() };
    const victim = index % 2 === 0 ? to : from;
    await victim.kill();
    await victim.start();
  }
  await eventually(to.api, async () => (await look()) >= before, 'all of the messages');
  await eventually(to.api, () => to.isInStep(), 'in step, there');
  await eventually(from.api, () => from.isInStep(), 'in step, here');
  const held = [await from.held(), await to.held()] as const;
  return {
    received: received + inSession,
    untilFirstKill: untilFirstKill ?? { bytes: inSession, messages: held[1] },
    kills: killAt.length,
    held,
  };
}

async function fill(api: ApiClient, messages: number): Promise<void> {
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < messages) {
      const text = `${next} `.padEnd(TEXT_BYTES, 'some text that is long enough to count, ');
      next += 1;
      await api.call('send', { conversation: 'Notes', text });
    }
  };
  // The first one makes the conversation.
  await api.call('send', { conversation: 'Notes', text: 'first' });
  await Promise.all(Array.from({ length: FILLING_AT_ONCE }, send));
}

/** What a kill may cost: what was on its way, a window at most, and the frames that find out what is missing. */
const PER_KILL_BYTES = 1.5 * 1024 * 1024;

/** The most bytes that a transfer may take which sends nothing again that is stored. */
export function bytesAllowed({ untilFirstKill, kills, held }: Transfer): number {
  const perMessage = untilFirstKill.bytes / untilFirstKill.messages;
  return perMessage * held[1] * 1.05 + kills * PER_KILL_BYTES;
}
