import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  addDevice,
  createDeviceList,
  listIdOfEntry,
  renameDevice,
} from '../../main/identity/device-list.ts';
import type { SigningKeys } from '../../main/identity/keys.ts';
import { createRecoveryPhrase, recoveryKeysOf } from '../../main/identity/recovery.ts';
import {
  endorsementIn,
  knownTo,
  makeRecoveryFile,
  openRecoveryFile,
  readRecoveryFile,
  recoveryFileOf,
  writeRecoveryFile,
} from '../../main/identity/recovery-file.ts';
import { keysOf as deviceKeys } from '../helpers/identities.ts';

const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);
const storeKey = new Uint8Array(32).fill(7);
const phraseOf = (value: number) => createRecoveryPhrase(bytes(value)).join(' ');

function keysOf(phrase: string): SigningKeys {
  const keys = recoveryKeysOf(phrase);
  if (!keys) throw new Error('not a phrase');
  return keys;
}

describe('the recovery phrase', () => {
  it('is 24 words of BIP39, as its test vectors have them', () => {
    // https://github.com/trezor/python-mnemonic/blob/master/vectors.json, entropy 7f… of 32 bytes.
    expect(phraseOf(0x7f)).toBe(
      `${'legal winner thank year wave sausage worth useful '.repeat(2)}legal winner thank year wave sausage worth title`,
    );
  });

  it('stands for one key, always the same', () => {
    const keys = keysOf(phraseOf(0x7f));
    expect(keysOf(`  ${phraseOf(0x7f).toUpperCase().replaceAll(' ', '\n  ')}\n`)).toEqual(keys);
    expect(keysOf(phraseOf(0x80)).peerId).not.toBe(keys.peerId);
    // Written-down phrases must be good for ever: this may never change.
    expect(keys.peerId).toBe('12D3KooWNaZFFsAtYWbx6P9qfpHvh9s2dy51SVgwuyFahyYnEpP1');
  });

  it('is told from what is mistyped, incomplete or of another length', () => {
    const words = phraseOf(0x7f).split(' ');
    expect(recoveryKeysOf(words.slice(1).join(' '))).toBeUndefined();
    expect(recoveryKeysOf(words.with(0, 'winner').join(' '))).toBeUndefined();
    expect(recoveryKeysOf(words.with(0, 'leagl').join(' '))).toBeUndefined();
    expect(
      recoveryKeysOf('legal winner thank year wave sausage worth useful legal winner thank yellow'),
    ).toBeUndefined();
    expect(recoveryKeysOf('')).toBeUndefined();
  });
});

describe('the recovery file', () => {
  const one = keysOf(phraseOf(1));
  const other = keysOf(phraseOf(2));
  const stranger = keysOf(phraseOf(3));
  const [maker, evil] = [deviceKeys(1), deviceKeys(66)];
  const created = createDeviceList(maker, { name: 'Desk', system: 'Linux', at: 1 });
  const list = listIdOfEntry(created) ?? ('' as never);
  const added = [one, other].reduce(
    (known, { peerId }) => [
      ...known,
      addDevice(maker, list, known, {
        peerId,
        name: 'Phrase',
        system: '',
        role: 'recovery',
        at: 2,
      }),
    ],
    [created],
  );
  const entries = [one, other].reduce(
    (known, keys) => [
      ...known,
      renameDevice(keys, list, known, { peerId: keys.peerId, name: 'Phrase', at: 3 }),
    ],
    added,
  );
  const endorsed = (keys: SigningKeys, known: readonly Uint8Array[] = entries) => ({
    peerId: keys.peerId,
    endorsement: endorsementIn(known, list, keys.peerId) ?? new Uint8Array(),
  });
  const content = makeRecoveryFile(
    { maker, list, key: storeKey },
    [endorsed(one), endorsed(other)],
    bytes(9),
  );

  it('opens by each of its phrases and by no other, and says whose it is', () => {
    for (const keys of [one, other]) {
      expect(openRecoveryFile(content, keys)).toEqual({ key: storeKey, list, maker: maker.peerId });
    }
    expect(openRecoveryFile(content, stranger)).toBe('other-phrase');
    expect(content).not.toContain(Buffer.from(storeKey).toString('base64url'));
    for (const garbled of ['', '{', '[]', 'null', content.slice(0, -9), ' '.repeat(99_999)]) {
      expect(openRecoveryFile(garbled, one)).toBe('unreadable');
    }
  });

  it('is refused where somebody without the phrase made it, for a list of their own', () => {
    const theirs = createDeviceList(evil, { name: 'MacBook', system: 'macOS', at: 1 });
    const theirList = listIdOfEntry(theirs) ?? ('' as never);
    const theirEntries = [
      theirs,
      addDevice(evil, theirList, [theirs], {
        ...{ peerId: one.peerId, name: 'Phrase', system: '', role: 'recovery', at: 2 },
      }),
    ];
    // All that lies in clear in a backup: the phrase's id and its endorsement of another list.
    const endorsements = [theirEntries[1], theirs, endorsed(one).endorsement, new Uint8Array()];
    for (const endorsement of endorsements) {
      const phrase = { peerId: one.peerId, endorsement: endorsement ?? new Uint8Array() };
      const forged = makeRecoveryFile(
        { maker: evil, list: theirList, key: storeKey },
        [phrase],
        bytes(9),
      );
      expect(openRecoveryFile(forged, one)).toBe('not-authentic');
    }
  });

  it('is refused where anything in it was changed', () => {
    const { body, signature } = JSON.parse(content) as { body: string; signature: string };
    const fields = JSON.parse(body) as { phrases: object[] };
    const fresh = makeRecoveryFile(
      { maker: evil, list, key: new Uint8Array(32) },
      [endorsed(one)],
      bytes(8),
    );
    const sealed = JSON.parse((JSON.parse(fresh) as { body: string }).body) as typeof fields;
    const changes = [
      { ...fields, maker: evil.peerId },
      { ...fields, keyId: 'x' },
      { ...fields, phrases: sealed.phrases },
      { ...fields, phrases: fields.phrases.slice(0, 1) },
    ];
    for (const changed of changes) {
      const forged = JSON.stringify({ version: 2, body: JSON.stringify(changed), signature });
      expect(openRecoveryFile(forged, one)).toBe('not-authentic');
    }
    // Whose signature it is, is looked up in the backup.
    expect(openRecoveryFile(fresh, one)).toMatchObject({ maker: evil.peerId });
  });

  it('is not made for a phrase whose own word has not come', () => {
    expect(endorsementIn(added, list, one.peerId)).toBeUndefined();
    expect(endorsementIn(entries, 'f'.repeat(64) as never, one.peerId)).toBeUndefined();
  });

  it('says which phrases it is for, and whether it holds a key, without giving it away', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reunion-recovery-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = recoveryFileOf(folder);
    expect(knownTo(path, storeKey)).toEqual({ phrases: [], isCurrent: false });
    expect(readRecoveryFile(path, one)).toBe('no-file');
    writeRecoveryFile(path, content);
    const phrases = [one.peerId, other.peerId];
    expect(knownTo(path, storeKey)).toEqual({ phrases, isCurrent: true });
    expect(knownTo(path, new Uint8Array(32))).toEqual({ phrases, isCurrent: false });
    expect(readRecoveryFile(path, one)).toMatchObject({ key: storeKey });
    writeRecoveryFile(path, undefined);
    expect(readdirSync(folder)).toEqual([]);
  });
});
