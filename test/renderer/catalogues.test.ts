import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { de } from '../../renderer/src/i18n/de.ts';
import { en } from '../../renderer/src/i18n/en.ts';

/** The names of what a message leaves to be filled in. */
function namesIn(message: string): string[] {
  const names = new Set<string>();
  JSON.stringify(
    new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst(),
    (_, value: unknown) => {
      const element = value as { type?: number; value?: string } | null;
      // Arguments, numbers, dates, times, choices and plurals; 0 is text and 7 the number of a plural.
      if (typeof element?.type === 'number' && element.type >= 1 && element.type <= 6)
        names.add(element.value ?? '');
      return value;
    },
  );
  return [...names].sort();
}

describe('the catalogues', () => {
  it('have the same keys, and the same to be filled in', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(namesIn(de[key]), key).toEqual(namesIn(en[key]));
    }
  });

  it('count as each language does', () => {
    const said = (message: string, language: string, count: number) =>
      new IntlMessageFormat(message, language).format({ count });
    expect([0, 1, 2].map((count) => said(en['message-count'], 'en', count))).toEqual([
      '0 messages',
      '1 message',
      '2 messages',
    ]);
    expect([1, 2].map((count) => said(de['message-count'], 'de', count))).toEqual([
      '1 Nachricht',
      '2 Nachrichten',
    ]);
  });
});
