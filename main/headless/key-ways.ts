import { read } from 'read';
import { backendOf } from '../identity/keys.ts';
import { fileProtection } from '../identity/key-protection.ts';
import type { KeyProtection } from '../identity/key-protection.ts';
import { passphraseProtection } from '../identity/passphrase-protection.ts';
import { weaknessOf } from '../identity/passphrase-strength.ts';
import { ExpectedFailure } from './failures.ts';
import { secretFile } from './secret-text.ts';

export interface KeyOptions {
  /** Never the passphrase itself: every user of the computer sees the arguments of every program. */
  readonly passphraseFile?: string;
}

/**
 * How the command line protects keys, and opens protected ones: by the passphrase in a file where that was given; else by
 * the mode of the key file, or by a passphrase that is asked for where there is somebody to ask.
 */
export function keyWays({ passphraseFile }: KeyOptions): readonly KeyProtection[] {
  if (passphraseFile !== undefined) return [fromFile(passphraseFile)];
  const asked = process.stdin.isTTY ? [passphraseProtection(() => askSecret('Passphrase:'))] : [];
  return [fileProtection, ...asked];
}

/** A passphrase that is to be used from now on: from a file, or typed twice. */
export function newPassphrase({ passphraseFile }: KeyOptions): KeyProtection {
  if (passphraseFile !== undefined) return fromFile(passphraseFile);
  if (!process.stdin.isTTY) {
    throw new ExpectedFailure('Without a terminal to type it in, --passphrase-file is needed.');
  }
  return passphraseProtection(once(askTwice));
}

/** The ways to open what is there: a passphrase in a file may be meant for the keys as they will be. */
export function presentWays(folder: string, options: KeyOptions): readonly KeyProtection[] {
  return backendOf(folder) === 'passphrase' ? keyWays(options) : keyWays({});
}

function fromFile(path: string): KeyProtection {
  // The line end is the editor's, not the passphrase's.
  const content = secretFile(path).replace(/\r?\n$/u, '');
  if (content === '')
    throw new ExpectedFailure(
      `There is no passphrase in ${path === '-' ? 'the standard input' : path}.`,
    );
  const protection = passphraseProtection(async () => content);
  return {
    ...protection,
    protect: async (secrets) => {
      const weakness = await weaknessOf(content);
      if (weakness !== undefined) throw new ExpectedFailure(`${weakness} Nothing was changed.`);
      return protection.protect(secrets);
    },
  };
}

async function askTwice(): Promise<string> {
  for (;;) {
    const first = await askSecret('New passphrase:');
    const weakness = first === '' ? 'A passphrase is not empty.' : await weaknessOf(first);
    if (weakness === undefined && first === (await askSecret('The same again:'))) return first;
    console.error(weakness ?? 'They were not the same.');
  }
}

async function askSecret(prompt: string): Promise<string> {
  const typed = await read({ prompt: `${prompt} `, silent: true, output: process.stderr });
  process.stderr.write('\n');
  return typed;
}

/** Asks one time, however often the answer is needed. */
function once(question: () => Promise<string>): () => Promise<string> {
  let answer: Promise<string> | undefined;
  return () => (answer ??= question());
}
