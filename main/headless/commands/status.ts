import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../api/client.ts';
import type { Status } from '../../api/types.ts';
import { connect, withDevice } from '../connect.ts';
import { notRunning } from '../control/control-client.ts';
import { printJson, timeText } from '../output.ts';
import { statusLine, statusLines } from './status-text.ts';
import { untilStopped } from './until-stopped.ts';

/** Lines of JSON come no faster than this, milliseconds: a program that times by them needs no more. */
const JSON_INTERVAL_MS = 20;
/** Text for a person changes no faster than this, milliseconds. */
const TEXT_INTERVAL_MS = 250;

/** Erases a terminal and what has scrolled out of it, and puts the cursor at its top. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

interface StatusOptions {
  readonly data: string;
  readonly json?: boolean;
  readonly follow?: boolean;
}

/** `reunion status`. */
export async function showStatus(options: StatusOptions): Promise<void> {
  if (options.follow) {
    await follow(options);
    return;
  }
  const status = await withDevice(options.data, (client) => client.call('status', {}));
  if (options.json) printJson(status);
  else console.log(statusLines(status).join('\n'));
}

/** Prints the status whenever it has changed, until the process is told to stop. Rejects once no device runs any more. */
async function follow({ data, json = false }: StatusOptions): Promise<void> {
  const stopped = Promise.race([untilStopped(), outputClosed()]).then(() => 'stopped' as const);
  const client = await connect(data);
  const lost = new Promise<never>((_resolve, reject) => {
    client.onClose(() => reject(notRunning(data)));
  });
  lost.catch(() => undefined);
  const interval = json ? JSON_INTERVAL_MS : TEXT_INTERVAL_MS;
  const newest = new NewestStatus(client);
  try {
    // Where the connection is lost meanwhile, `lost` says so.
    client.call('status', {}).then(
      (status) => newest.put(status),
      () => client.close(),
    );
    let before: string | undefined;
    for (;;) {
      const status = await Promise.race([stopped, lost, newest.take()]);
      if (status === 'stopped') return;
      const text = textOf(status, json);
      if (text === before) continue;
      before = text;
      await print(text, json);
      const pause = delay(interval, undefined, { ref: false });
      if ((await Promise.race([stopped, lost, pause])) === 'stopped') return;
    }
  } finally {
    client.close();
  }
}

/** The newest status that was not taken yet. Statuses that come faster than they are taken are left out. */
class NewestStatus {
  #newest: Status | undefined;
  #wake: (() => void) | undefined;

  constructor(client: ApiClient) {
    client.onEvent((event) => {
      if (event.kind === 'status') this.put(event.status);
    });
  }

  put(status: Status): void {
    this.#newest = status;
    this.#wake?.();
  }

  async take(): Promise<Status> {
    for (;;) {
      const newest = this.#newest;
      this.#newest = undefined;
      if (newest) return newest;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function textOf(status: Status, json: boolean): string {
  if (json) return JSON.stringify(status);
  return process.stdout.isTTY ? statusLines(status).join('\n') : statusLine(status);
}

/** Resolves once the output has room again, so that a slow reader gets fewer lines, and none late. */
async function print(text: string, json: boolean): Promise<void> {
  const line = json
    ? text
    : process.stdout.isTTY
      ? `${CLEAR}${text}\n\nCtrl+C ends this.`
      : `${timeText(Date.now())}  ${text}`;
  await new Promise<void>((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
}

/** Resolves when nobody reads the output any more, as after `| head`. */
function outputClosed(): Promise<void> {
  return new Promise((resolve) => process.stdout.once('error', () => resolve()));
}
