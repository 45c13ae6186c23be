import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ApiClient } from '../../api/client.ts';
import type { ExportFormat } from '../../api/exchange-access.ts';
import type { ImportState } from '../../api/types.ts';
import { withDevice } from '../connect.ts';
import { ask, isThere, saveTo } from '../content.ts';
import { ExpectedFailure } from '../failures.ts';
import { exists } from '../new-file.ts';

interface DataOption {
  readonly data: string;
}

/** `reunion export`. */
export async function exportAll(
  path: string,
  {
    data,
    format,
    force = false,
  }: DataOption & { readonly format: ExportFormat; readonly force?: boolean },
): Promise<void> {
  const target = resolve(path);
  if (!force && (await exists(target))) throw isThere(target);
  const response = await ask(data, `/export?format=${format}`, {});
  await saveTo(target, response, { replace: force });
  console.log(`saved ${target}`);
}

/** `reunion import`: until everything is in. An interruption leaves what has come; the next import goes on from there. */
export async function importFile(path: string, { data }: DataOption): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new ExpectedFailure(`There is no file ${path}.`);
  await withDevice(data, async (client) => {
    const over = ended(client);
    // What is refused ends the connection before anything was over.
    over.catch(() => undefined);
    const query = new URLSearchParams({ name: basename(path) });
    await ask(data, `/import?${query.toString()}`, {
      method: 'POST',
      body: createReadStream(path),
    });
    const state = await over;
    if (state.kind === 'failed') throw new ExpectedFailure(state.error.message);
    if (state.kind === 'cancelled')
      throw new ExpectedFailure(`Cancelled; ${state.added} were imported.`);
    console.log(`imported ${state.added}, here already ${state.skipped}`);
  });
}

type Over = Exclude<ImportState, { readonly kind: 'idle' | 'running' }>;

/** How the next import ends; its progress goes to standard error. */
function ended(client: ApiClient): Promise<Over> {
  const isTerminal = process.stderr.isTTY;
  return new Promise((resolve, reject) => {
    client.onClose(() => reject(new ExpectedFailure('The device has ended meanwhile.')));
    client.onEvent((event) => {
      if (event.kind !== 'import') return;
      const state = event.import;
      if (state.kind === 'running' && isTerminal) {
        process.stderr.write(`\r${state.done} of ${state.total}`);
      }
      if (state.kind === 'idle' || state.kind === 'running') return;
      if (isTerminal) process.stderr.write('\n');
      resolve(state);
    });
  });
}
