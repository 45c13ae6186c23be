import type { ApiEvent } from '../../main/api/types.ts';
import type { Path } from '../../main/sync/ports.ts';
import { letIn, OwnDevice, relayHere } from '../helpers/own-devices.ts';
import { temporaryFolder } from '../helpers/processes.ts';

/** Texts that are on their way to the device at the same time. */
const WRITING_AT_ONCE = 256;
const TEXT_BYTES = 300;
/** Payload bytes for each of these texts in a transfer that does not move: 497.1, of 6,000 messages as of 30,000. */
const MESSAGE_BYTES = 498;

const DIRECT = { direct: true, directBindAddress: '127.0.0.1' };

export interface DirectTransfer {
  /** Messages that the receiver holds, and the sender. */
  readonly held: readonly [number, number];
  /** Messages that the receiver did not hold at first. */
  readonly missing: number;
  /** Messages that had arrived when the session moved. */
  readonly atMove: number;
  /** Payload bytes that came by the relay and by the direct path. */
  readonly bytes: { readonly relay: number; readonly direct: number };
  /** The longest time without a new message, milliseconds. */
  readonly longestPauseMs: number;
  /** How the receiver saw itself connected, one after the other. */
  readonly paths: readonly Path[];
  /** How the sender is connected in the end. */
  readonly pathHere: Path | null | undefined;
}

/** What a device shows while messages come in. */
class Watch {
  #lastAt = 0;
  #messages = 0;
  longestPauseMs = 0;
  atMove: number | undefined;
  readonly paths: Path[] = [];
  readonly bytes = { relay: 0, direct: 0 };

  see(event: ApiEvent): void {
    if (event.kind !== 'status') return;
    const { peers, storage } = event.status;
    const [peer] = peers;
    if (storage.messages > this.#messages) {
      const now = performance.now();
      // What was there at the start is no arrival.
      if (this.#messages > 0) {
        this.longestPauseMs = Math.max(this.longestPauseMs, now - this.#lastAt);
      }
      this.#lastAt = now;
      this.#messages = storage.messages;
    }
    if (peer?.path && peer.path !== this.paths.at(-1)) this.paths.push(peer.path);
    if (peer?.path === 'direct') this.atMove ??= storage.messages;
    if (peer?.path === 'relay' || peer?.path === 'direct') {
      this.bytes[peer.path] = Math.max(this.bytes[peer.path], peer.bytesReceived);
    }
  }
}

/**
 * Moves a history from one device to another, which are connected through a relay at first and directly soon after; a quarter
 * as much again follows after that.
 */
export async function transferOntoDirect(messages: number): Promise<DirectTransfer> {
  const relay = await relayHere();
  const folder = temporaryFolder();
  const from = await OwnDevice.start('from', relay, DIRECT);
  const before = await OwnDevice.start('to', relay, { folder });
  await letIn(from, before);
  await before.eventually(async () => isInStep(before), 'in step before there is anything');
  const heldBefore = (await before.commands.status({})).storage.messages;
  await before.close();
  const writer = new Writer(from);
  await writer.write(messages);

  const to = await OwnDevice.start(undefined, relay, { folder, ...DIRECT });
  const watch = new Watch();
  to.onEvent((event) => watch.see(event));
  // However long the direct path takes to come about, and however fast the machine is, it comes in the middle.
  const moved = to.eventually(
    () => Promise.resolve(watch.atMove !== undefined),
    'on a direct path',
  );
  await writer.writeUntil(moved);
  await writer.write(messages / 4);
  await to.eventually(async () => isInStep(to), 'in step, there');
  await from.eventually(async () => isInStep(from), 'in step, here');
  const [there, here] = [await to.commands.status({}), await from.commands.status({})];
  return {
    held: [there.storage.messages, here.storage.messages],
    missing: there.storage.messages - heldBefore,
    atMove: watch.atMove ?? there.storage.messages,
    bytes: watch.bytes,
    longestPauseMs: watch.longestPauseMs,
    paths: watch.paths,
    pathHere: here.peers[0]?.path,
  };
}

async function isInStep(device: OwnDevice): Promise<boolean> {
  const [peer] = (await device.commands.status({})).peers;
  return peer?.state === 'up-to-date';
}

/** Writes messages on a device, each other than the ones before. */
class Writer {
  readonly #device: OwnDevice;
  #next = 0;

  constructor(device: OwnDevice) {
    this.#device = device;
  }

  async write(messages: number): Promise<void> {
    const end = this.#next + messages;
    await this.#write(() => this.#next < end);
  }

  async writeUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    await Promise.all([
      this.#write(() => !isDone),
      done.finally(() => {
        isDone = true;
      }),
    ]);
  }

  async #write(goesOn: () => boolean): Promise<void> {
    const write = async (): Promise<void> => {
      while (goesOn()) {
        const text = `${this.#next} `.padEnd(
          TEXT_BYTES,
          'some text that is long enough to count, ',
        );
        this.#next += 1;
        await this.#device.send(text);
      }
    };
    // The first one makes the conversation.
    if (this.#next === 0) await this.#device.send('first');
    await Promise.all(Array.from({ length: WRITING_AT_ONCE }, write));
  }
}

/** What was on its way when the session moved may come again: a window of 1 MiB, and frames that find out what is missing. */
const IN_FLIGHT_BYTES = 1.25 * 1024 * 1024;

/** The most bytes that a transfer may take which sends nothing again but what was in flight. */
export function bytesAllowed({ missing }: DirectTransfer): number {
  return missing * MESSAGE_BYTES + IN_FLIGHT_BYTES;
}
