import type { BrowserWindow, IpcMain } from 'electron';
import { ANSWER_CHANNEL, QUESTION_CHANNEL } from '../channels.ts';
import { onMessage } from '../ipc.ts';
import { isPassphrasePage, PASSPHRASE_URL } from '../page.ts';
import { PassphraseCancelledError } from './asked-protection.ts';
import { answer } from './question.ts';
import type { Question } from './question.ts';

export type QuestionWindow = Pick<
  BrowserWindow,
  'loadURL' | 'show' | 'close' | 'on' | 'webContents'
>;

/** Asks for passphrases in a window of its own, one question after another, until it is closed. */
export class PassphraseWindow {
  readonly #create: () => QuestionWindow;
  readonly #ipc: Pick<IpcMain, 'on' | 'off'>;
  #window: QuestionWindow | undefined;
  #isThere = false;
  #question: Question | undefined;
  #waiting: PromiseWithResolvers<string> | undefined;

  /** `create` makes a hidden window that is confined to its page. */
  constructor(create: () => QuestionWindow, ipc: Pick<IpcMain, 'on' | 'off'>) {
    this.#create = create;
    this.#ipc = ipc;
  }

  /** Rejects with `PassphraseCancelledError` where the person quits or closes the window. */
  readonly ask = async (question: Question): Promise<string> => {
    this.#question = question;
    this.#waiting = Promise.withResolvers<string>();
    const typed = this.#waiting.promise;
    if (this.#window) this.#put();
    else await this.#open();
    return typed;
  };

  close(): void {
    this.#waiting = undefined;
    this.#window?.close();
    this.#window = undefined;
  }

  async #open(): Promise<void> {
    const window = this.#create();
    this.#window = window;
    const { webContents } = window;
    onMessage(this.#ipc, webContents, isPassphrasePage, ANSWER_CHANNEL, answer, (given) => {
      if (given.kind === 'cancelled') this.#cancel();
      else if (given.kind === 'typed') this.#waiting?.resolve(given.passphrase);
      else {
        this.#isThere = true;
        this.#put();
      }
    });
    window.on('closed', () => {
      this.#window = undefined;
      this.#isThere = false;
      this.#cancel();
    });
    await window.loadURL(PASSPHRASE_URL);
    window.show();
  }

  #put(): void {
    if (this.#isThere) this.#window?.webContents.send(QUESTION_CHANNEL, this.#question);
  }

  #cancel(): void {
    this.#waiting?.reject(new PassphraseCancelledError());
  }
}
