import type { PassphraseBridge, Question } from './question.ts';

// The page of the passphrase window. It imports nothing that runs.

const bridge = (window as unknown as { readonly reunionPassphrase: PassphraseBridge })
  .reunionPassphrase;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

const form = element('form');
const passphrase = element('passphrase') as HTMLInputElement;
const again = element('again') as HTMLInputElement;
const go = element('go') as HTMLButtonElement;
const problem = element('problem');
let isNew = false;

const HINTS: Readonly<Record<Question['kind'], string>> = {
  new: 'This computer has no keychain that protects anything, so a passphrase protects your messages on it. You are asked for it whenever Reunion starts. Nobody can tell it to you if you forget it.',
  open: 'A passphrase protects your messages on this computer.',
};

function busy(is: boolean): void {
  go.disabled = is;
  passphrase.disabled = is;
  again.disabled = is;
}

bridge.onQuestion(({ kind, wrong, weakness = '' }) => {
  isNew = kind === 'new';
  element('title').textContent = isNew ? 'Choose a passphrase' : 'Passphrase';
  element('hint').textContent = HINTS[kind];
  element('again-row').hidden = !isNew;
  go.textContent = isNew ? 'Use this passphrase' : 'Open';
  problem.textContent = wrong ? 'That is not the passphrase.' : weakness;
  busy(false);
  passphrase.value = '';
  again.value = '';
  passphrase.focus();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (isNew && passphrase.value !== again.value) {
    problem.textContent = 'The two are not the same.';
    again.focus();
    return;
  }
  // To make a key of it takes seconds, so that guessing does.
  problem.textContent = 'One moment …';
  busy(true);
  bridge.answer({ kind: 'typed', passphrase: passphrase.value });
});
element('cancel').addEventListener('click', () => bridge.answer({ kind: 'cancelled' }));
bridge.answer({ kind: 'ready' });
