import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { ImportState } from '../../../main/api/types.ts';
import { OwnDevice, relayHere } from '../../helpers/own-devices.ts';

const MINUTE = 60_000;

/** A chat as WhatsApp writes it: people, system lines, several lines, emoji, the same text twice in a minute. */
function whatsApp(messages: number): string {
  const begin = new Date(2022, 0, 1, 8).getTime();
  return Array.from({ length: messages }, (_, number) => {
    const date = new Date(begin + number * 3 * MINUTE);
    const two = (value: number) => String(value).padStart(2, '0');
    const when = `${two(date.getDate())}/${two(date.getMonth() + 1)}/${date.getFullYear()}, ${two(date.getHours())}:${two(date.getMinutes())}`;
    if (number % 500 === 0) return `${when} - Ana changed the subject`;
    const more = number % 7 === 0 ? `\nand a second line 🎉\n` : '';
    return `${when} - ${number % 2 ? 'Ana' : 'Tom'}: message ${number}${more}`;
  }).join('\n');
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Resolves with how an import ends. */
async function bring(
  device: OwnDevice,
  name: string,
  text: string,
  onProgress: (state: ImportState) => void = () => undefined,
): Promise<ImportState> {
  const over = Promise.withResolvers<ImportState>();
  const unsubscribe = device.onEvent((event) => {
    if (event.kind !== 'import') return;
    onProgress(event.import);
    if (event.import.kind !== 'running') over.resolve(event.import);
  });
  try {
    await device.exchange.import(name, bytesOf(text));
    return await over.promise;
  } finally {
    unsubscribe();
  }
}

test('20,000 messages of WhatsApp come in with progress, can be cancelled, and come once', async () => {
  const device = await OwnDevice.start('Desk', await relayHere());
  const text = whatsApp(20_000);
  const seen: number[] = [];
  const cancelled = await bring(device, 'WhatsApp Chat with Ana.txt', text, (state) => {
    if (state.kind !== 'running') return;
    seen.push(state.done);
    expect(state.total).toBe(20_000);
    if (state.done > 2_000) void device.commands.cancelImport({});
  });
  expect(cancelled.kind).toBe('cancelled');
  expect(seen.length).toBeGreaterThan(2);
  const [before] = await device.commands.conversations({});
  expect(before?.messages).toBeGreaterThan(2_000);
  expect(before?.messages).toBeLessThan(20_000);
  expect(cancelled).toEqual({ kind: 'cancelled', added: before?.messages });

  const rest = await bring(device, 'WhatsApp Chat with Ana.txt', text);
  expect(rest).toEqual({
    kind: 'done',
    added: 20_000 - (before?.messages ?? 0),
    skipped: before?.messages,
  });
  // Edited and deleted since: it is what was imported all the same.
  const { messages } = await device.commands.messages({ conversation: 'Ana', limit: 3 });
  await device.commands.editMessage({ messageId: messages[0]?.id ?? '', text: 'edited' });
  await device.commands.deleteMessages({ messageIds: [messages[1]?.id ?? ''] });
  expect(await bring(device, 'WhatsApp Chat with Ana.txt', text)).toEqual({
    kind: 'done',
    added: 0,
    skipped: 20_000,
  });

  const first = await device.commands.messagesAround({
    conversation: 'Ana',
    at: { date: 0 },
    before: 0,
    after: 2,
  });
  expect(first.messages.map((message) => message.text)).toEqual([
    'Ana changed the subject',
    '**Ana:** message 1',
    '**Tom:** message 2',
  ]);
  expect((await device.commands.conversations({}))[0]).toMatchObject({
    name: 'Ana',
    messages: 20_000,
    unread: 0,
  });
}, 180_000);

test('what is exported, as JSON or Markdown, comes in on another device as it was', async () => {
  const relay = await relayHere();
  const one = await OwnDevice.start('One', relay);
  for (const text of [
    'first',
    '# heading\n\n### 2020-01-01T00:00:00.000Z · not one\n\nend',
    'third',
  ]) {
    await one.commands.send({ conversation: 'A/B: notes?', text });
  }
  const gone = await one.commands.send({ conversation: 'A/B: notes?', text: 'a secret' });
  await one.commands.deleteMessages({ messageIds: [gone.id] });
  await one.commands.send({ conversation: 'Other', text: 'elsewhere' });
  const texts = async (device: OwnDevice, conversation: string) =>
    (await device.commands.messages({ conversation, limit: 100 })).messages.map(
      ({ text, writtenAt }) => [text, writtenAt],
    );
  const expected = (await texts(one, 'A/B: notes?')).filter(([text]) => text !== '');

  for (const format of ['json', 'markdown'] as const) {
    const { content, name } = await one.exchange.export(format);
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    const whole = Buffer.concat(parts);
    if (format === 'markdown') {
      expect(Object.keys(unzipSync(whole)).sort()).toEqual(['A_B_ notes_.md', 'Other.md']);
    } else expect(whole.toString()).not.toContain('a secret');
    const two = await OwnDevice.start('Two', relay);
    const over = Promise.withResolvers<ImportState>();
    two.onEvent((event) => {
      if (event.kind === 'import' && event.import.kind !== 'running') over.resolve(event.import);
    });
    await two.exchange.import(
      name,
      (async function* () {
        yield whole;
      })(),
    );
    expect(await over.promise).toEqual({ kind: 'done', added: 4, skipped: 0 });
    expect(await texts(two, 'A/B: notes?')).toEqual(expected);
    await two.close();
  }
}, 90_000);

test('one import at a time; what is none is told so, and begins nothing', async () => {
  const device = await OwnDevice.start('Desk', await relayHere());
  await expect(device.exchange.import('x.txt', bytesOf('hello'))).rejects.toThrow(
    'none of the files',
  );
  expect(await device.commands.importState({})).toEqual({ kind: 'idle' });
  await device.exchange.import('c.txt', bytesOf(whatsApp(3_000)));
  await expect(device.exchange.import('d.txt', bytesOf(whatsApp(3)))).rejects.toThrow(
    'Another import',
  );
  await device.commands.cancelImport({});
  expect((await device.commands.importState({})).kind).toBe('cancelled');
}, 60_000);
