import { EventEmitter } from 'node:events';
import { lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from 'electron';
import { expect, test } from 'vitest';
import { keepDownloadsPrivate } from '../../main/desktop/downloads.ts';
import { temporaryFolder } from '../helpers/processes.ts';

test('what is saved from the window is for its owner alone; one that has gone meanwhile is told of', () => {
  const session = new EventEmitter();
  const errors: unknown[] = [];
  keepDownloadsPrivate(session as unknown as Session, (error) => errors.push(error));
  const save = (path: string, state: string) => {
    const item = Object.assign(new EventEmitter(), { getSavePath: () => path });
    session.emit('will-download', {}, item);
    item.emit('done', {}, state);
  };
  const folder = temporaryFolder();
  const [whole, cut] = [join(folder, 'whole.json'), join(folder, 'cut.json')];
  for (const path of [whole, cut]) writeFileSync(path, 'text', { mode: 0o644 });
  save(whole, 'completed');
  save(cut, 'interrupted');
  expect([whole, cut].map((path) => lstatSync(path).mode & 0o777)).toEqual([0o600, 0o644]);
  save(join(folder, 'gone'), 'completed');
  expect(errors).toHaveLength(1);
});
