import { afterEach, expect, it, vi } from 'vitest';
import weald from 'weald';
import { debugLog } from '../../main/log/debug-log.ts';

afterEach(() => {
  weald.disable();
  vi.restoreAllMocks();
});

function printed(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return lines;
}

it('writes an ignored error with its place where its namespace is asked for', () => {
  weald.enable('reunion:network:*');
  const lines = printed();
  debugLog('network:members')(new Error('the peer hung up'));
  debugLog('device:pairing')(new Error('the code was wrong'));
  expect(lines.join('')).toMatch(/reunion:network:members.*the peer hung up/su);
  expect(lines.join('')).toContain('debug-log.test');
  expect(lines.join('')).not.toContain('the code was wrong');
});

it('is silent where nothing is asked for', () => {
  const lines = printed();
  debugLog('network:members')(new Error('the peer hung up'));
  expect(lines).toEqual([]);
});
