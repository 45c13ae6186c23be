import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ChatWording } from '../../node/chat/chat-text.ts';
import { printable } from '../output.ts';

/** Lines in, text out. On a terminal, what is being typed stays below what comes in. */
export interface ChatTerminal {
  /** Whether a person sits in front of it. */
  readonly isInteractive: boolean;
  print(text: string): void;
  /** The lines that are typed, until the input ends or the person ends it (Ctrl-C, Ctrl-D). */
  lines(): AsyncIterable<string>;
  /** Resolves when nobody reads the output any more, as when `head` has had enough. */
  readonly broken: Promise<void>;
  /** Changes what stands in front of the line that is typed. */
  setPrompt(nick: string): void;
  close(): void;
}

export interface TerminalStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

export function openChatTerminal({ input, output }: TerminalStreams): ChatTerminal {
  const broken = new Promise<void>((resolve) => output.once('error', () => resolve()));
  // Later writes fail as well.
  output.on('error', () => undefined);
  const isTerminal = input.isTTY === true && output.isTTY === true;
  const readline = createInterface({
    input,
    output: isTerminal ? output : undefined,
    terminal: isTerminal,
  });
  const shown = isTerminal ? onTerminal(readline, input, output) : plain(readline, output);
  return { ...shown, broken };
}

function plain(readline: Interface, output: Writable): Omit<ChatTerminal, 'broken'> {
  const lines = linesOf(readline);
  return {
    isInteractive: false,
    print: (text) => void output.write(`${text}\n`),
    lines: () => lines,
    setPrompt: () => undefined,
    close: () => readline.close(),
  };
}

function onTerminal(
  readline: Interface,
  input: Readable,
  output: Writable,
): Omit<ChatTerminal, 'broken'> {
  let isOpen = true;
  const lines = linesOf(readline);
  readline.on('close', () => (isOpen = false));
  // Ctrl-C clears what was typed, as in a shell; with nothing typed it ends the chat.
  readline.on('SIGINT', () => {
    if (readline.line === '') readline.close();
    else readline.write(null, { ctrl: true, name: 'u' });
  });
  // How many rows the line took that was typed, which readline does not say any more once it has moved on.
  let typedRows = 1;
  input.prependListener('keypress', (_text: string, key: { readonly name?: string }) => {
    if (key.name !== 'return' && key.name !== 'enter') return;
    readline.write(null, { ctrl: true, name: 'e' });
    typedRows = readline.getCursorPos().rows + 1;
  });
  /** Returns in which row of the input the cursor was. */
  const clearInput = (): number => {
    const { rows } = readline.getCursorPos();
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    return rows;
  };
  return {
    isInteractive: true,
    print: (text) => {
      if (!isOpen) {
        output.write(`${text}\n`);
        return;
      }
      const rows = clearInput();
      // readline goes up by as many rows as the cursor was down, before it draws the input again, cursor and all.
      output.write(`${text}\n${'\n'.repeat(rows)}`);
      readline.prompt(true);
    },
    lines: async function* () {
      readline.prompt();
      for await (const line of lines) {
        // The chat shows the line again once it is stored, with its time.
        moveCursor(output, 0, -typedRows);
        cursorTo(output, 0);
        clearScreenDown(output);
        yield line;
        readline.prompt();
      }
    },
    setPrompt: (nick) => {
      readline.setPrompt(`${nick}> `);
    },
    close: () => readline.close(),
  };
}

/** Lines that are typed before anybody reads are kept. */
function linesOf(readline: Interface): AsyncIterableIterator<string> {
  return readline[Symbol.asyncIterator]();
}

const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const times = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** Days and times as this computer writes them; the same in every zone of one computer. */
export const terminalWording: ChatWording = {
  day: (at) => days.format(at),
  time: (at) => times.format(at),
  safe: printable,
};
