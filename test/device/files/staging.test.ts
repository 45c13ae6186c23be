import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FILE_BYTES_MAX } from '../../../main/conversations/files.ts';
import { Staging } from '../../../main/device/files/staging.ts';
import type { EpochId } from '../../../main/identity/content-key.ts';
import { bytesOf, chunks, piecesOf } from '../../helpers/files.ts';
import { temporaryFolder } from '../../helpers/processes.ts';
import { groupId } from '../../store/samples.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

function staging(folder = temporaryFolder(), at = { now: 1 }) {
  const sealed: number[] = [];
  const opened = Staging.open({
    folder,
    group: async () => groupId('files'),
    seal: async (_group, _timestamp, chunk) => {
      sealed.push(chunk.byteLength);
      // As long as a seal is.
      return { body: new Uint8Array(chunk.byteLength + 57), epoch: 'e' as EpochId };
    },
    checkSpace: async () => undefined,
    now: () => at.now,
  });
  return { staging: opened, folder, at, sealed };
}

test('a file is never in memory by more than a chunk, however it comes', async () => {
  const { staging: to, sealed } = staging();
  let most = 0;
  let given = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < 50; piece += 1) {
      const taken = sealed.reduce((sum, one) => sum + one, 0);
      most = Math.max(most, given - taken);
      given += 30_000;
      yield new Uint8Array(30_000);
    }
  }
  const { bytes, parts } = await to.add(content());
  expect(bytes).toBe(1_500_000);
  expect(parts).toHaveLength(16);
  expect(most).toBeLessThanOrEqual(chunks(1) + 30_000);
});

test('a file that is too large is refused before its first byte, and one that breaks off leaves nothing', async () => {
  const { staging: to, folder } = staging();
  const tooMuch = FILE_BYTES_MAX + 1;
  await expect(to.add(piecesOf(bytesOf(10)), tooMuch)).rejects.toMatchObject({
    code: 'file-too-large',
  });
  const cut = new Error('cut');
  async function* breaks(): AsyncGenerator<Uint8Array> {
    yield bytesOf(chunks(2));
    throw cut;
  }
  await expect(to.add(breaks())).rejects.toBe(cut);
  expect(readdirSync(folder)).toEqual([]);
});

test('what was added is forgotten after a day, and after a restart; what was begun to be sent is known', async () => {
  const { staging: to, folder, at } = staging();
  const old = await to.add(piecesOf(bytesOf(10, 1)));
  at.now += 2 * DAY_MS;
  const recent = await to.add(piecesOf(bytesOf(10, 2)));
  expect(to.get(old.file)).toBeUndefined();
  expect(to.get(recent.file)).toEqual(recent);
  await to.begin(recent);
  writeFileSync(join(folder, 'torn.json'), '{"storedAt": 1, "par');
  const again = staging(folder);
  expect(again.staging.get(recent.file)).toBeUndefined();
  const begun = await again.staging.interrupted();
  expect(begun.map(({ parts }) => parts).filter((parts) => parts.length > 0)).toEqual([
    recent.parts,
  ]);
  for (const { end } of begun) await end();
  expect(readdirSync(folder)).toEqual([]);
});
