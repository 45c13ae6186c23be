import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLines } from '../../main/node/chat/chat-format.ts';
import type { ChatLine } from '../../main/node/chat/chat-format.ts';
import { Transcript } from '../../main/node/chat/transcript.ts';

const line = (id: string, at: number, text = id): ChatLine => ({ id, at, nick: 'anna', text });
const ids = (lines: readonly ChatLine[]): string => lines.map(({ id }) => id).join('');

describe('the transcript of a chat', () => {
  it('shows what comes in order once', () => {
    const transcript = new Transcript(10);
    expect(ids(transcript.add([line('b', 2), line('a', 1)]).lines)).toBe('ab');
    expect(transcript.add([line('a', 1)])).toMatchObject({ lines: [], fresh: 0 });
    expect(ids(transcript.add([line('c', 3)]).lines)).toBe('c');
  });

  it('shows everything from the first late message on again, in the order that all share', () => {
    const transcript = new Transcript(10);
    transcript.add([line('a', 1), line('c', 3)]);
    const shown = transcript.add([line('d', 4), line('b', 2)]);
    expect(ids(shown.lines)).toBe('bcd');
    expect(shown).toMatchObject({ fresh: 2, isReordered: true, skipped: 0 });
  });

  it('says how many new messages it does not show', () => {
    const many = Array.from({ length: 7 }, (_, at) => line(String(at), at));
    expect(new Transcript(3).add(many)).toMatchObject({ fresh: 3, skipped: 4, isReordered: false });
  });

  it('ends with the same lines on every node, whatever order they came in', () => {
    const lines = fc.uniqueArray(fc.record({ id: fc.string(), at: fc.nat(20) }), {
      selector: ({ id }) => id,
      maxLength: 30,
    });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(5), { maxLength: 30 }), (parts, cuts) => {
        const all = parts.map(({ id, at }) => line(id, at));
        const transcript = new Transcript(1_000);
        const screen: ChatLine[] = [];
        let from = 0;
        for (const cut of [...cuts, all.length]) {
          const { lines: shown } = transcript.add(all.slice(from, from + cut));
          from += cut;
          // A person reads from the last line that is shown again upwards to where it belongs.
          const [first] = shown;
          if (!first) continue;
          const keep = screen.filter((it) => compareLines(it, first) < 0);
          screen.splice(0, screen.length, ...keep, ...shown);
        }
        expect(ids(screen)).toBe(ids([...all].sort(compareLines)));
      }),
    );
  });
});
