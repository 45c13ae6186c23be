import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Command, CommandArguments, CommandResults } from '../../main/api/contract.ts';
import type { ApiEvent, MessageView, PeerStatus, Status } from '../../main/api/types.ts';
import { RunningProcess, temporaryFolder } from '../helpers/processes.ts';

const REMOTE_API = resolve(import.meta.dirname, 'remote-api.ts');
const CONVERSATION = 'Notes';
/** The most that one call returns. */
const PAGE = 1_000;

/** What has not come about by then will not, milliseconds. */
const TIMEOUT_MS = 60_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A device that runs in a network namespace, and its api. */
export class RemoteDevice {
  readonly folder: string;
  readonly process: RunningProcess;
  readonly #api: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: ApiEvent) => void>();
  #calls = 0;

  private constructor(folder: string, process: RunningProcess, api: ChildProcess) {
    this.folder = folder;
    this.process = process;
    this.#api = api;
  }

  static async start(
    namespace: string,
    name: string,
    options: readonly string[],
    folder = temporaryFolder(),
  ): Promise<RemoteDevice> {
    const args = ['device', '--data', folder, '--web', 'off', '--name', name, ...options];
    const running = new RunningProcess(args, namespace);
    await running.line(/^ready \S+$/u);
    const api = spawn('ip', ['netns', 'exec', namespace, process.execPath, REMOTE_API, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(async () => {
      if (api.exitCode !== null || api.signalCode !== null) return;
      api.kill();
      await once(api, 'close');
    });
    const device = new RemoteDevice(folder, running, api);
    await device.#listen();
    return device;
  }

  onEvent(listener: (event: ApiEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  call<C extends Command>(command: C, args: CommandArguments[C]): Promise<CommandResults[C]> {
    this.#calls += 1;
    const id = this.#calls;
    this.#api.stdin?.write(`${JSON.stringify({ id, command, args })}\n`);
    return new Promise((resolve, reject) => {
      const taken = (result: unknown) => resolve(result as CommandResults[C]);
      this.#waiting.set(id, { resolve: taken, reject });
    });
  }

  async send(text: string): Promise<void> {
    await this.call('send', { conversation: CONVERSATION, text });
  }

  /** Texts as they stand in the conversation. */
  async texts(): Promise<string[]> {
    const known = await this.call('conversations', {});
    if (!known.some(({ name }) => name === CONVERSATION)) return [];
    const messages: MessageView[] = [];
    for (;;) {
      const [oldest] = messages;
      const before = oldest && { order: oldest.order, id: oldest.id };
      const asked = { conversation: CONVERSATION, limit: PAGE, ...(before && { before }) };
      const page = await this.call('messages', asked);
      messages.unshift(...page.messages);
      if (!page.more) return messages.map(({ text }) => text);
    }
  }

  /** Resolves once `holds` is true of the status: asks at once, and again at every event. */
  async eventually(
    holds: (status: Status) => boolean | Promise<boolean>,
    what: string,
  ): Promise<Status> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const changed = Promise.withResolvers<undefined>();
      const unsubscribe = this.onEvent(() => changed.resolve(undefined));
      const isLate = () => {
        void this.call('status', {}).then((status) => {
          const about = JSON.stringify({ peers: status.peers, relays: status.relays });
          changed.reject(new Error(`did not come about: ${what}; ${about}`));
        });
      };
      late.addEventListener('abort', isLate);
      // It may also pass when nobody waits any longer.
      changed.promise.catch(() => undefined);
      try {
        const status = await this.call('status', {});
        if (await holds(status)) return status;
        await changed.promise;
      } finally {
        unsubscribe();
        late.removeEventListener('abort', isLate);
      }
    }
  }

  /** Resolves once there is one peer and `holds` is true of it. */
  async peer(holds: (peer: PeerStatus) => boolean, what: string): Promise<PeerStatus> {
    const isSo = ({ peers: [peer] }: Status) => peer !== undefined && holds(peer);
    const { peers } = await this.eventually(isSo, what);
    const [peer] = peers;
    if (!peer) throw new Error('no peer');
    return peer;
  }

  async inStep(): Promise<PeerStatus> {
    return this.peer(({ state, toSend }) => state === 'up-to-date' && toSend === 0, 'in step');
  }

  async #listen(): Promise<void> {
    const ready = Promise.withResolvers<undefined>();
    if (!this.#api.stdout) throw new Error('a process without pipes');
    createInterface({ input: this.#api.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as {
        ready?: true;
        event?: ApiEvent;
        id?: number;
        result?: unknown;
        error?: string;
      };
      if (said.ready) ready.resolve(undefined);
      if (said.event) for (const listener of this.#listeners) listener(said.event);
      const waiting = this.#waiting.get(said.id ?? 0);
      if (!waiting) return;
      this.#waiting.delete(said.id ?? 0);
      if (said.error === undefined) waiting.resolve(said.result);
      else waiting.reject(new Error(said.error));
    });
    await ready.promise;
  }
}

/** A relay in a namespace; returns its address. */
export async function startRelay(
  namespace: string,
  host: string,
  folder = temporaryFolder(),
): Promise<{
  readonly process: RunningProcess;
  readonly address: string;
  readonly folder: string;
}> {
  const listen = `/ip4/${host}/tcp/4001`;
  const process = new RunningProcess(['relay', '--data', folder, '--listen', listen], namespace);
  const [, address = ''] = await process.line(/^listening (\S+)$/u);
  return { process, address, folder };
}

/** Lets one device in by the other, by link or by code. */
export async function letIn(
  inviter: RemoteDevice,
  joiner: RemoteDevice,
  by: 'link' | 'code' = 'link',
): Promise<void> {
  const unsubscribe = inviter.onEvent((event) => {
    if (event.kind !== 'pairing' || event.pairing.kind !== 'approving') return;
    const { requestId } = event.pairing;
    void inviter.call('approve', { requestId, check: 'unchecked' });
  });
  const { link, code } = await inviter.call('invite', {});
  await joiner.call('join', { link: by === 'link' ? link : (code ?? '') });
  unsubscribe();
}
