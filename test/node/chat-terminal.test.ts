import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openChatTerminal } from '../../main/headless/nodes/chat-terminal.ts';

/** A control sequence, by its number and its letter, or any other character. */
const SEQUENCES = new RegExp(String.raw`${'\u001b'}\[(\d*)([A-Z])|[^${'\u001b'}]`, 'gu');

/** Streams of a terminal of 80 columns; `screen` is what a person sees of it, by a small terminal of its own. */
function fakeTerminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let rows = [''];
  let [row, column] = [0, 0];
  const put = (text: string): void => {
    if (column === output.columns) {
      row += 1;
      column = 0;
      rows[row] ??= '';
    }
    const line = (rows[row] ?? '').padEnd(column);
    rows[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  output.on('data', (data: Buffer) => {
    for (const [part, count, command] of data.toString('utf8').matchAll(SEQUENCES)) {
      const n = Number(count === '' || count === undefined ? 1 : count);
      if (command === undefined) {
        if (part === '\r') column = 0;
        else if (part === '\n') {
          row += 1;
          column = 0;
          rows[row] ??= '';
        } else put(part);
      } else if (command === 'A') row = Math.max(0, row - n);
      else if (command === 'B') row += n;
      else if (command === 'C') column += n;
      else if (command === 'D') column = Math.max(0, column - n);
      else if (command === 'G') column = n - 1;
      else if (command === 'J') {
        rows = rows.slice(0, row + 1);
        rows[row] = (rows[row] ?? '').slice(0, column);
      } else if (command === 'K') rows[row] = (rows[row] ?? '').slice(0, column);
    }
  });
  return { input, output, screen: () => ({ rows: rows.map((it) => it.trimEnd()), column }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the terminal of a chat', () => {
  it('keeps what is being typed, and the place in it, below what comes in', async () => {
    const { input, output, screen } = fakeTerminal();
    const terminal = openChatTerminal({ input, output });
    terminal.setPrompt('anna');
    const lines = terminal.lines()[Symbol.asyncIterator]();
    const first = lines.next();
    await turn();
    input.write('half a sent');
    input.write('\u001b[D\u001b[D');
    await turn();
    terminal.print('12:00 bob: hello\n12:01 bob: there');
    expect(screen().rows).toEqual(['12:00 bob: hello', '12:01 bob: there', 'anna> half a sent']);
    expect(screen().column).toBe('anna> half a se'.length);
    input.write('n-\r');
    expect(await first).toEqual({ done: false, value: 'half a sen-nt' });
    expect(screen().rows.slice(0, 3)).toEqual(['12:00 bob: hello', '12:01 bob: there', '']);
    terminal.close();
  });

  it('takes away a line that went over several rows as a whole, wherever in it Enter was typed', async () => {
    const { input, output, screen } = fakeTerminal();
    const terminal = openChatTerminal({ input, output });
    terminal.setPrompt('anna');
    const lines = terminal.lines()[Symbol.asyncIterator]();
    const first = lines.next();
    await turn();
    terminal.print('before');
    const long = 'word '.repeat(40).trim();
    for (const character of long) {
      input.write(character);
      await turn();
    }
    terminal.print('meanwhile');
    input.write('\u001b[H');
    await turn();
    input.write('\r');
    expect(await first).toEqual({ done: false, value: long });
    void lines.next();
    await turn();
    terminal.print('after');
    expect(screen().rows.filter((row) => row !== '')).toEqual([
      'before',
      'meanwhile',
      'after',
      'anna>',
    ]);
    terminal.close();
  });

  it('clears the line at the first Ctrl-C and ends at the second', async () => {
    const { input, output } = fakeTerminal();
    const terminal = openChatTerminal({ input, output });
    const lines = terminal.lines()[Symbol.asyncIterator]();
    const next = lines.next();
    await turn();
    input.write('never mind');
    await turn();
    input.write('\u0003');
    await turn();
    input.write('\u0003');
    expect((await next).done).toBe(true);
  });

  it('is plain where the output is none: lines in, lines out, and nothing to steer a terminal', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const terminal = openChatTerminal({ input, output });
    terminal.setPrompt('anna');
    terminal.print('* bob is here');
    input.end('one\ntwo\n');
    const typed: string[] = [];
    for await (const line of terminal.lines()) typed.push(line);
    expect(typed).toEqual(['one', 'two']);
    expect((output.read() as Buffer).toString('utf8')).toBe('* bob is here\n');
  });
});
