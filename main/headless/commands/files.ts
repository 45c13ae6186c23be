import { createReadStream, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { ApiClient } from '../../api/client.ts';
import { PAGE_MAX } from '../../api/limits.ts';
import type { AddedFile, AttachmentPolicy, AttachmentView, FilesStatus } from '../../api/types.ts';
import { mostOf } from '../arguments.ts';
import { withDevice } from '../connect.ts';
import { ask, isThere, jsonOf, saveTo } from '../content.ts';
import { ExpectedFailure } from '../failures.ts';
import { exists } from '../new-file.ts';
import { printable, printJson, sizeText } from '../output.ts';

interface DataOption {
  readonly data: string;
}

/** A file as `reunion files --json` prints it: where it was sent, and how it stands. */
type ListedFile = AttachmentView & {
  readonly conversation: string;
  readonly messageId: string;
};

/** What the commonest kinds of files are; the others are none that a page would show. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.svg': 'image/svg+xml',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
};

const addedFile = z.object({ id: z.string(), bytes: z.number() }) satisfies z.ZodType<AddedFile>;

/** Adds files of this computer to the device that runs on a data folder. Throws `ExpectedFailure`. */
export async function addFiles(
  data: string,
  paths: readonly string[],
): Promise<{ readonly id: string; readonly name: string; readonly mediaType: string }[]> {
  const added = [];
  for (const path of paths) {
    const mediaType = MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
    const { id } = await addFile(data, path);
    added.push({ id, name: basename(path), mediaType });
  }
  return added;
}

async function addFile(data: string, path: string): Promise<AddedFile> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new ExpectedFailure(`There is no file ${path}.`);
  const response = await ask(data, '/files', {
    method: 'POST',
    body: createReadStream(path),
    headers: { 'Content-Length': String(found.size) },
  });
  return addedFile.parse(await jsonOf(response));
}

/** `reunion files`. */
export async function listFiles(
  options: DataOption & { readonly conversation?: string; readonly json?: boolean },
): Promise<void> {
  const files = await withDevice(options.data, async (client) => {
    const { conversation } = options;
    const all = await client.call('conversations', {});
    const chosen = conversation === undefined ? all.map(({ id }) => id) : [conversation];
    const listed: ListedFile[] = [];
    for (const one of chosen) listed.push(...(await filesIn(client, one)));
    return listed;
  });
  if (options.json) {
    printJson(files);
    return;
  }
  if (files.length === 0) console.log('No files yet; `reunion send --file PATH` sends one.');
  for (const { id, name, ...file } of files) {
    console.log(`${id}  ${sizeText(file.bytes)}  ${stateText(file)}  ${printable(name)}`);
  }
}

async function filesIn(client: ApiClient, conversation: string): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  for (let before: { order: number; id: string } | undefined; ;) {
    const page = await client.call('conversationFiles', {
      ...{ conversation, limit: PAGE_MAX },
      ...(before && { before }),
    });
    for (const { id, conversationId, attachments } of page.messages) {
      const about = { conversation: conversationId, messageId: id };
      found.push(...attachments.map((file) => ({ ...file, ...about })));
    }
    const last = page.messages.at(-1);
    if (!page.more || !last) return found;
    before = { order: last.order, id: last.id };
  }
}

function stateText({
  state,
  reason,
  received,
  bytes,
}: Omit<AttachmentView, 'id' | 'name'>): string {
  const share = bytes === 0 ? 100 : Math.floor((received / bytes) * 100);
  if (state === 'arriving') return `arriving, ${share} %`;
  return state === 'deferred'
    ? `deferred (${reason === 'space' ? 'disk full' : 'metered'})`
    : state;
}

/** `reunion files save`. */
export async function saveFile(
  id: string,
  path: string | undefined,
  { data, force = false }: DataOption & { readonly force?: boolean },
): Promise<void> {
  const target = await targetOf(data, id, path);
  if (!force && (await exists(target))) throw isThere(target);
  await saveTo(target, await ask(data, `/files/${id}`, {}), { replace: force });
  console.log(`saved ${target}`);
}

/** A path that names a folder, or none, is completed by what the file was sent as. */
async function targetOf(data: string, id: string, path: string | undefined): Promise<string> {
  const isFolder = path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder) return resolve(path);
  const name = await withDevice(data, async (client) => {
    for (const conversation of await client.call('conversations', {})) {
      const files = await filesIn(client, conversation.id);
      const found = files.find((file) => file.id === id);
      if (found) return found.name;
    }
    throw new ExpectedFailure('There is no such file.');
  });
  return resolve(join(path ?? '.', name));
}

/** `reunion files fetch`. */
export async function fetchFile(
  id: string,
  { data, json }: DataOption & { readonly json?: boolean },
): Promise<void> {
  const progress = await withDevice(data, (client) =>
    client.call('fetchAttachment', { attachment: id }),
  );
  if (json) printJson(progress);
  else console.log(progress.state);
}

/** `reunion files policy`. */
export async function setPolicy(
  kind: 'all' | 'recent' | 'on-demand',
  days: number | undefined,
  { data, json }: DataOption & { readonly json?: boolean },
): Promise<void> {
  if ((kind === 'recent') !== (days !== undefined)) {
    throw new ExpectedFailure('A number of days goes with recent, and with nothing else.');
  }
  const policy: AttachmentPolicy = kind === 'recent' ? { days: days ?? 1 } : kind;
  const { files } = await withDevice(data, (client) =>
    client.call('setAttachmentPolicy', { policy }),
  );
  if (json) printJson(files);
  else console.log(policyText(files.policy));
}

/** `reunion transfer`: what is not given stays as it is. */
export async function setTransfer(
  options: DataOption & {
    readonly metered?: boolean;
    readonly unmetered?: boolean;
    readonly sendLimit?: number | 'none';
    readonly receiveLimit?: number | 'none';
    readonly json?: boolean;
  },
): Promise<void> {
  const { metered = false, unmetered = false } = options;
  if (metered && unmetered) throw new ExpectedFailure('Either --metered or --unmetered.');
  const files = await withDevice(options.data, async (client) => {
    const { files: before } = await client.call('status', {});
    const after = await client.call('setTransfer', {
      metered: metered || (before.metered && !unmetered),
      sendLimit: chosen(options.sendLimit, before.sendLimit),
      receiveLimit: chosen(options.receiveLimit, before.receiveLimit),
    });
    return after.files;
  });
  if (options.json) printJson(files);
  else console.log(transferText(files));
}

function chosen(given: number | 'none' | undefined, before: number | null): number | null {
  const value = mostOf(given);
  return value === undefined ? before : value;
}

/** Which files a device gets by itself. */
export function policyText(policy: AttachmentPolicy): string {
  if (policy === 'all') return 'gets all files';
  return policy === 'on-demand'
    ? 'gets the files that are asked for'
    : `gets the files of the last ${policy.days} days`;
}

export function transferText({ metered, sendLimit, receiveLimit }: FilesStatus): string {
  const limit = (kilobytes: number | null): string =>
    kilobytes === null ? 'as fast as it can' : `${kilobytes} kB/s at most`;
  const files = metered ? 'metered: files wait; ' : '';
  return `${files}sends ${limit(sendLimit)}, receives ${limit(receiveLimit)}`;
}

/** A request to the device that runs on a data folder. Throws `ExpectedFailure` where it is refused. */
