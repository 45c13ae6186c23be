import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageView } from '../../main/api/types.ts';
import { formatted } from '../../renderer/src/components/composer/format.ts';
import {
  begunWord,
  completed,
  isCode,
  linkIn,
} from '../../renderer/src/components/pairing/link-in.ts';
import { byPosition, merged } from '../../renderer/src/state/message-window.ts';

describe('a code that is typed', () => {
  it('is known by its beginning, and completed word by word', () => {
    expect(['4711', '4711-', '4711-oc', '4711 ocean l'].map(begunWord)).toEqual([
      '',
      '',
      'oc',
      'l',
    ]);
    expect(completed('4711-oc', 'ocean')).toBe('4711-ocean-');
    expect(completed('4711 ocean la', 'lamp')).toBe('4711 ocean-lamp');
    expect(['4711-ocean-lamp', '4711', '47a', 'hello'].map(isCode)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is told from a link, in whatever it came', () => {
    expect(linkIn('Here it is: reunion:abc_-\n123, bye')).toBe('reunion:abc_-123');
    expect(linkIn('no link')).toBeUndefined();
  });
});

describe('marks around a selection', () => {
  it('are put there, and taken away again', () => {
    const once = formatted('a word here', 2, 6, '**');
    expect(once).toEqual({ text: '**word**', from: 4, to: 8 });
    expect(formatted('a **word** here', 2, 10, '**')).toEqual({ text: 'word', from: 2, to: 6 });
  });
});

describe('messages that have changed or come late', () => {
  const view = (order: number, text = '') =>
    ({ order, id: String(order).padStart(64, '0'), text }) as MessageView;

  it('stand at their own place, once, as they look now', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50)), fc.uniqueArray(fc.nat(50)), (known, changed) => {
        const before = known.map((order) => view(order)).sort(byPosition);
        const after = merged(
          before,
          changed.map((order) => view(order, 'new')),
          { moreBefore: false, moreAfter: false },
        );
        const orders = [...new Set([...known, ...changed])].sort((a, b) => a - b);
        expect(after.map(({ order }) => order)).toEqual(orders);
        for (const { order, text } of after) expect(text === 'new').toBe(changed.includes(order));
      }),
    );
  });

  it('are left out where they lie beyond what is loaded', () => {
    const all = merged([view(5), view(9)], [view(1), view(7), view(12)], {
      moreBefore: true,
      moreAfter: true,
    });
    expect(all.map(({ order }) => order)).toEqual([5, 7, 9]);
  });
});
