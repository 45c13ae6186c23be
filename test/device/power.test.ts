import { describe, expect, it } from 'vitest';
import { AWAKE, decideSystem } from '../../main/device/power.ts';
import type { SystemEffect, SystemEvent } from '../../main/device/power.ts';

/** What each event leads to, one after another; the times are seconds. */
function effectsOf(...events: readonly (readonly [SystemEvent, number])[]): SystemEffect[][] {
  let state = AWAKE;
  return events.map(([event, seconds]) => {
    const decided = decideSystem(state, event, seconds * 1_000);
    ({ state } = decided);
    return [...decided.effects];
  });
}

describe('what a computer goes through', () => {
  it('a long sleep leaves no connection alive, a short one does', () => {
    expect(effectsOf(['suspend', 0], ['resume', 3_600])).toEqual([[], ['reconnect']]);
    expect(effectsOf(['suspend', 0], ['resume', 5])).toEqual([[], ['retry']]);
  });

  it('waking that was not announced, or with another clock, counts as after a long sleep', () => {
    expect(effectsOf(['resume', 1])).toEqual([['reconnect']]);
    expect(effectsOf(['suspend', 3_600], ['resume', 60])).toEqual([[], ['reconnect']]);
  });

  it('networks that change while it falls asleep are not used', () => {
    const events = [
      ['network-changed', 1],
      ['suspend', 2],
      ['network-changed', 3],
      ['suspend', 4],
      ['resume', 30],
      ['network-changed', 31],
    ] as const;
    expect(effectsOf(...events)).toEqual([['retry'], [], [], [], ['reconnect'], ['retry']]);
  });

  it('who unlocks the screen gets what waits; one that unlocks wakes, too', () => {
    expect(effectsOf(['lock', 0], ['unlock', 60])).toEqual([[], ['retry']]);
    expect(effectsOf(['suspend', 0], ['unlock', 60], ['unlock', 61])).toEqual([
      [],
      ['reconnect'],
      ['retry'],
    ]);
  });

  it('on a battery it saves power', () => {
    expect(effectsOf(['on-battery', 0], ['on-mains', 1])).toEqual([
      ['save-power'],
      ['spend-power'],
    ]);
  });
});
