import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { ReunionError } from '../../main/api/errors.ts';
import { extractBackup } from '../../main/device/exchange/backup-archive.ts';
import { readImport } from '../../main/device/exchange/read-import.ts';
import { isSignedUpdate, parsePublisherKey } from '../../main/desktop/update-signature.ts';
import {
  addDevice,
  createDeviceList,
  listIdOfEntry,
  renameDevice,
} from '../../main/identity/device-list.ts';
import { KeyFileError, openKeys } from '../../main/identity/keys.ts';
import { passphraseProtection } from '../../main/identity/passphrase-protection.ts';
import { weaknessOf } from '../../main/identity/passphrase-strength.ts';
import { knownTo, makeRecoveryFile, openRecoveryFile } from '../../main/identity/recovery-file.ts';
import { createRecoveryPhrase, recoveryKeysOf } from '../../main/identity/recovery.ts';
import { nodeFileSystem, readFileEnvelope } from '../../main/store/file-backend/index.ts';
import { readSessions } from '../../main/store/session-record.ts';
import { keysOf } from '../helpers/identities.ts';

/*
 * What parses files that a person is given, or that lie where others may write: each with inputs that are right, and what it does
 * with one. It returns what came of it, as a word, and throws where the parser let something out that is not told to a person.
 */

export interface FuzzedParser {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** A folder of its own, to write in. */
  readonly run: (input: Buffer, folder: string) => Promise<string> | string;
  /** Of a long run, where it is not a million: what takes milliseconds. */
  readonly inputs?: number;
  /** Outcomes that have to be among those of a long run, else it would prove little. */
  readonly outcomes: readonly string[];
}

const bytesOf = (text: string) => Buffer.from(text);
const fill = (value: number) => (length: number) => new Uint8Array(length).fill(value);
const storeKey = new Uint8Array(32).fill(7);

function recoveryScene() {
  const maker = keysOf(1);
  const phrase = recoveryKeysOf(createRecoveryPhrase(fill(1)).join(' '));
  const created = createDeviceList(maker, { name: 'Desk', system: 'Linux', at: 1 });
  const list = listIdOfEntry(created);
  if (!phrase || !list) throw new Error('no list');
  const { peerId } = phrase;
  const described = { name: 'Phrase', system: '', role: 'recovery', at: 2 } as const;
  const added = addDevice(maker, list, [created], { peerId, ...described });
  const endorsement = renameDevice(phrase, list, [created, added], { peerId, name: 'P', at: 3 });
  const file = makeRecoveryFile({ maker, list, key: storeKey }, [{ peerId, endorsement }], fill(9));
  return { phrase, file };
}

const { phrase, file: recoveryFile } = recoveryScene();

/** Told to a person: anything else is a bug. */
function outcomeOf(error: unknown): string {
  if (error instanceof ReunionError) return error.code;
  if (error instanceof KeyFileError) return 'refused';
  throw error;
}

const WHATSAPP = `31/12/2023, 21:41 - Messages and calls are end-to-end encrypted.
31/12/2023, 21:42 - Ana: Frohes neues Jahr 🎉
und alles Gute
[31.12.23, 21:41:05] Ben: hi
1/2/24, 12:05 AM - C: x`;
const TELEGRAM = JSON.stringify({
  name: 'Notes',
  type: 'saved_messages',
  messages: [
    {
      type: 'message',
      date_unixtime: '1700000000',
      from: 'Ana',
      text: ['a', { type: 'bold', text: 'b' }],
    },
    { type: 'message', date: '2023-01-01T10:00:00', text: 'c', photo: 'p.jpg' },
    { type: 'service', action: 'x' },
  ],
});
const OWN = JSON.stringify({
  format: 'reunion-export',
  version: 1,
  conversations: [{ name: 'Allotment', messages: [{ writtenAt: 5, text: 'beans' }] }],
});
const MARKDOWN = '# Allotment\n\n### 2024-01-02T03:04:05.678Z · Desk\n\nbeans\n\\### no heading\n';
const IMPORTS = [WHATSAPP, TELEGRAM, OWN, MARKDOWN].map(bytesOf);
const ZIP = zipSync({
  'notes/a.md': bytesOf(MARKDOWN),
  '_chat.txt': bytesOf(WHATSAPP),
  'result.json': bytesOf(TELEGRAM),
  'inner.txt': zipSync({ 'b.md': bytesOf('B') }),
  'photo.jpg': new Uint8Array(9),
});

const KEY_FILE = JSON.stringify({
  version: 2,
  backend: 'file',
  seed: Buffer.alloc(32, 1).toString('base64url'),
  wrappingKey: Buffer.alloc(32, 2).toString('base64url'),
  stores: Buffer.alloc(80, 3).toString('base64url'),
});
const PASSPHRASE_FIELDS = JSON.stringify({
  ...{ memoryKiB: 65_536, passes: 3, lanes: 4 },
  salt: Buffer.alloc(16, 1).toString('base64url'),
  nonce: Buffer.alloc(24, 2).toString('base64url'),
  sealed: Buffer.alloc(80, 3).toString('base64url'),
});
const PUBLIC_KEY = 'RWRArv9OLGb+kShQ6zVDuvZ9h9/7OBkVi0iVNdr89wLjg51q2w7jtiKs';
const COMMENT = 'reunion version:2.0.0 file:Reunion-2.0.0.AppImage';
const SIGNATURE = `untrusted comment: signature from minisign secret key
RURArv9OLGb+kYwLj2ldib9j0uyZIVrbaTCv3XzB0C6YfKwxOIXvV51W7tqOYAwrQXzXvSC5Ra8KwFwB+pGf6tFDn+v+ReUdSAQ=
trusted comment: ${COMMENT}
HIf0CKfqqbJb8PlZA94YpAHu2z3vGcC7rl2cEpcovbsamvOJXGZoueUc9CFS5PLLqHaPp+wnZurfe0Z6xYRlAg==
`;

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield bytesOf('a file of some bytes');
}

/** A passphrase is asked for where the fields are in order: Argon2id itself would take seconds for each of them. */
class AskedError extends Error {}

export const KEPT_FILES: readonly FuzzedParser[] = [
  {
    name: 'recovery files',
    seeds: [bytesOf(recoveryFile)],
    outcomes: ['opened', 'unreadable', 'other-phrase', 'not-authentic'],
    run: (input, folder) => {
      const path = join(folder, 'recovery.json');
      writeFileSync(path, input);
      knownTo(path, storeKey);
      const found = openRecoveryFile(input.toString('utf8'), phrase);
      return typeof found === 'string' ? found : 'opened';
    },
  },
  {
    name: 'ZIPs of backups',
    seeds: [
      zipSync({ 'backup.db': new Uint8Array(300).fill(1), 'backup.db.recovery': bytesOf('{}') }),
      zipSync({ 'backup.db': new Uint8Array(30) }, { level: 0 }),
    ],
    outcomes: ['taken', 'invalid-arguments'],
    run: async (input, folder) => {
      const archive = join(folder, 'archive.zip');
      writeFileSync(archive, input);
      for (const name of ['backup.db', 'backup.db.recovery'])
        rmSync(join(folder, name), { force: true });
      return extractBackup(archive, folder, 4_096).then(() => 'taken', outcomeOf);
    },
  },
  {
    name: 'files to be imported',
    seeds: [...IMPORTS, ZIP],
    outcomes: ['taken', 'invalid-arguments'],
    run: (input) => {
      const outcomes = ['chat.txt', 'notes.md', 'x.zip'].map((name) => {
        try {
          readImport(name, input, 5);
          return 'taken';
        } catch (error) {
          return outcomeOf(error);
        }
      });
      return outcomes[0] ?? '';
    },
  },
  {
    name: 'key files',
    seeds: [bytesOf(KEY_FILE)],
    outcomes: ['refused'],
    run: async (input, folder) => {
      writeFileSync(join(folder, 'device.key'), input);
      return openKeys(folder, true).then(() => 'opened', outcomeOf);
    },
  },
  {
    name: 'key files under a passphrase',
    seeds: [bytesOf(PASSPHRASE_FIELDS)],
    outcomes: ['asked', 'damaged'],
    run: async (input) => {
      let fields: unknown;
      try {
        fields = JSON.parse(input.toString('utf8'));
      } catch {
        return 'no JSON';
      }
      const ask = () => Promise.reject(new AskedError());
      try {
        return JSON.stringify(await passphraseProtection(ask).unprotect(fields)).replaceAll(
          '"',
          '',
        );
      } catch (error) {
        if (error instanceof AskedError) return 'asked';
        throw error;
      }
    },
  },
  {
    name: 'passphrases',
    seeds: ['seven green otters paint', 'Password1!', 'qwertyuiop', '19.04.1987', '玄関の鍵'].map(
      bytesOf,
    ),
    // The estimator is somebody else's: what is ours cuts and normalizes.
    inputs: 50_000,
    outcomes: ['strong', 'weak'],
    run: async (input) =>
      (await weaknessOf(input.toString('utf8'))) === undefined ? 'strong' : 'weak',
  },
  {
    name: 'signatures of updates',
    seeds: [bytesOf(SIGNATURE), bytesOf(PUBLIC_KEY)],
    outcomes: ['right', 'wrong'],
    run: async (input) => {
      const text = input.toString('utf8');
      parsePublisherKey(text);
      const publisher = parsePublisherKey(PUBLIC_KEY);
      if (!publisher) throw new Error('no key');
      return (await isSignedUpdate(publisher, text, COMMENT, nothing())) ? 'right' : 'wrong';
    },
  },
  {
    name: 'records beside a store, and headers of backups',
    seeds: [
      bytesOf(JSON.stringify([{ storeId: 'ab'.repeat(16), openings: 3, isClosed: true }])),
      Buffer.concat([Buffer.alloc(1_024), bytesOf('sealed key v1 \n\0'), Buffer.alloc(3_056, 1)]),
    ],
    outcomes: ['some', 'none'],
    run: (input, folder) => {
      const path = join(folder, 'messages.db.session');
      writeFileSync(path, input);
      readFileEnvelope(nodeFileSystem, path);
      readSessions(nodeFileSystem, path, { key: storeKey });
      return readSessions(nodeFileSystem, path, { key: undefined }).length > 0 ? 'some' : 'none';
    },
  },
];

/** A folder in memory where there is one: a million files are written in it, one after another. */
export function fuzzFolder(): string {
  return mkdtempSync(join(tmpdir(), 'reunion-fuzz-'));
}
