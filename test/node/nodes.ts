import { RunningProcess, reunion, temporaryFolder } from '../helpers/processes.ts';

export interface StartedNode {
  readonly process: RunningProcess;
  readonly folder: string;
  readonly id: string;
  /** A multiaddr with its id. */
  readonly address: string;
}

/** Starts `reunion node`, `chat` or `store-node` on loopback. */
export async function startNode(
  command: string,
  options: readonly string[],
  place: { readonly folder?: string; readonly listen?: string } = {},
): Promise<StartedNode> {
  const { folder = temporaryFolder(), listen = '/ip4/127.0.0.1/tcp/0' } = place;
  const process = new RunningProcess([command, '--data', folder, '--listen', listen, ...options]);
  const [, id = ''] = await process.line(/^ready (\S+)$/u);
  const [, address = ''] = await process.line(/^listening (\S+)$/u);
  return { process, folder, id, address };
}

/** The address without the id: to start a node again in the same place. */
export function placeOf(address: string): string {
  return address.split('/p2p/')[0] ?? '';
}

export interface ShownMessage {
  readonly id: string;
  readonly timestamp: number;
  readonly text: string;
}

/** What `reunion node messages` shows. */
export async function messagesOf(folder: string, limit = 1_000): Promise<ShownMessage[]> {
  return (await nodeJson(['messages', '--limit', String(limit)], folder)) as ShownMessage[];
}

export async function textsOf(folder: string): Promise<string[]> {
  return (await messagesOf(folder)).map(({ text }) => text);
}

export interface ShownPeer {
  readonly id: string;
  readonly state: string;
}

export async function peersOf(folder: string): Promise<readonly ShownPeer[]> {
  const status = (await nodeJson(['status'], folder)) as { readonly peers: readonly ShownPeer[] };
  return status.peers;
}

/** Looks until `holds`; a process says nothing of what another one has stored. Rejects after `seconds`. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  seconds = 30,
  describe: () => Promise<string> = async () => '',
): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}\n${await describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function nodeJson(command: readonly string[], folder: string): Promise<unknown> {
  const { stdout, stderr, code } = await reunion(['node', ...command, '--data', folder, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
