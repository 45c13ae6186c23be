import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAttachment } from '../../main/conversations/attachment-codec.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  FILE_BYTES_MAX,
  FILE_NAME_BYTES_MAX,
  fileNameOf,
  INLINE_PARTS_MAX,
  isSound,
  LIST_PARTS,
  listLength,
  mediaTypeOf,
  receivedBytes,
} from '../../main/conversations/files.ts';
import type { FileCopy, FileId } from '../../main/conversations/files.ts';
import { fromHex, utf8 } from '../../main/helpers/bytes.ts';
import type { MessageId } from '../../main/helpers/ids.ts';

const file = 'ab'.repeat(32) as FileId;
const ids = (count: number) => Array.from({ length: count }, () => 'cd'.repeat(32) as MessageId);

describe('the shape of a file', () => {
  const sizes = fc.integer({ min: 0, max: FILE_BYTES_MAX });

  test('its chunks and lists add up, whatever its size', () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const chunks = chunkCount(bytes);
        const last = chunkLength(bytes, chunks - 1);
        expect((chunks - 1) * CHUNK_BYTES + last).toBe(bytes);
        expect(chunkLength(bytes, chunks)).toBe(0);
        const lists = Math.ceil(chunks / LIST_PARTS);
        const listed = Array.from({ length: lists }, (_, at) => listLength(bytes, at));
        expect(listed.reduce((sum, one) => sum + one, 0)).toBe(chunks);
        expect(receivedBytes(bytes, chunks, chunks > 0)).toBe(bytes);
        const isInline = chunks <= INLINE_PARTS_MAX;
        const copy = { file, bytes, storedAt: 1, parts: isInline ? ids(chunks) : [] };
        expect(isSound({ ...copy, lists: isInline ? [] : ids(lists) })).toBe(true);
        expect(isSound({ ...copy, lists: ids(lists + 1) })).toBe(false);
      }),
      { examples: [[0], [CHUNK_BYTES], [CHUNK_BYTES * INLINE_PARTS_MAX + 1], [FILE_BYTES_MAX]] },
    );
  });

  test.each<[string, Partial<FileCopy>]>([
    ['more bytes than are taken', { bytes: FILE_BYTES_MAX + 1 }],
    ['more bytes than a number holds', { bytes: Number.MAX_SAFE_INTEGER }],
    ['too few chunks', { bytes: CHUNK_BYTES * 2 + 1, parts: ids(2) }],
    ['too many chunks', { bytes: CHUNK_BYTES, parts: ids(2) }],
    ['a list where none is needed', { bytes: 1, parts: [], lists: ids(1) }],
    ['chunks and lists', { bytes: CHUNK_BYTES * 65, parts: ids(1), lists: ids(1) }],
    ['chunks of nothing', { bytes: 0, parts: ids(1) }],
  ])('%s cannot be', (_, said) => {
    expect(isSound({ file, bytes: 1, storedAt: 1, parts: ids(1), lists: [], ...said })).toBe(false);
  });

  test('bytes of an event that make no sense are kept as a file that cannot be', () => {
    const sound = {
      ...{ file: fromHex(file), name: 'a', mediaType: 'a/b', bytes: 1n, storedAt: 1n },
      ...{ parts: fromHex(file), lists: new Uint8Array() },
    };
    expect(decodeAttachment(sound).map(isSound)).toEqual([true]);
    for (const strange of [
      { bytes: 2n ** 64n - 1n },
      { parts: new Uint8Array(33) },
      { parts: new Uint8Array(32 * 100_000) },
      { lists: new Uint8Array(31), parts: new Uint8Array() },
    ]) {
      expect(decodeAttachment({ ...sound, ...strange }).map(isSound)).toEqual([false]);
    }
    expect(decodeAttachment({ ...sound, file: new Uint8Array(31) })).toEqual([]);
    expect(decodeAttachment({ ...sound, storedAt: 2n ** 64n - 1n })[0]?.storedAt).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });
});

describe('names', () => {
  test.each([
    ['photo.png', 'photo.png'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\evil.exe', 'evil.exe'],
    ['gnp\u202E.exe', 'gnp.exe'],
    ['a\u0000b\r\n.txt', 'ab.txt'],
    ['..', 'file'],
    ['', 'file'],
    ['a<b>:"c|?*.txt', 'abc.txt'],
    ['  東京.jpg ', '東京.jpg'],
    ['.bashrc', '_bashrc'],
    ['...profile', '___profile'],
    ['\u200b.ssh', '_ssh'],
    ['home/.. /.config', '_config'],
    ['~', '_'],
    ['~root', '_root'],
    ['PROGRA~1', 'PROGRA_1'],
    ['GIT~12.EXE', 'GIT_12.EXE'],
    ['notes~.txt', 'notes~.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['Aux .tar.gz', '_Aux .tar.gz'],
    ['com1.log', '_com1.log'],
    ['LPT³', '_LPT³'],
    ['conin$', '_conin$'],
    ['CON\u200b', '_CON'],
    ['console.txt', 'console.txt'],
    ['com10.txt', 'com10.txt'],
    ['Desktop.INI', '_Desktop.INI'],
    ['Thumbs.db', '_Thumbs.db'],
    ['autorun.inf', '_autorun.inf'],
    ['evil.exe.', 'evil.exe'],
    ['evil.exe . .', 'evil.exe'],
    ['. .', 'file'],
    ['Rechnung Nr. 7 – März.pdf', 'Rechnung Nr. 7 – März.pdf'],
  ])('%j becomes %j', (given, name) => {
    expect(fileNameOf(given)).toBe(name);
  });

  test('any name becomes one that a file can have, and stays it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (given) => {
        const name = fileNameOf(given);
        expect(utf8(name).byteLength).toBeLessThanOrEqual(FILE_NAME_BYTES_MAX);
        expect(name).toMatch(/^[^/\\\p{Cc}]+$/u);
        expect(name).not.toMatch(/^[.~\s]|[.\s]$|^(?:con|nul|aux|prn|com\d|lpt\d) *(?:\.|$)/iu);
        expect(fileNameOf(name)).toBe(name);
      }),
      {
        examples: [
          [`${'x'.repeat(254)}. y`],
          [`${'x'.repeat(250)} .....tar`],
          ['..con'],
          ['con.'.repeat(70)],
        ],
      },
    );
    expect(fileNameOf(`${'x'.repeat(400)}.tar.gz`)).toMatch(/^x{252}\.gz$/u);
  });

  test('what is no media type is any', () => {
    expect(mediaTypeOf('Image/PNG; charset=x')).toBe('image/png');
    for (const strange of ['', 'image', 'image/', 'a b/c', 'text/html\r\nX: 1', '/png']) {
      expect(mediaTypeOf(strange)).toBe('application/octet-stream');
    }
  });
});
