import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Draft } from '../../../renderer/src/state/draft.svelte.ts';
import { ScriptedDevice } from './scripted-device.ts';

/** Longer than typing has to pause for, milliseconds. */
const PAUSED_MS = 1_600;

let device: ScriptedDevice;
let draft: Draft;

beforeEach(() => {
  vi.useFakeTimers();
  device = new ScriptedDevice();
  draft = new Draft('shopping', device.call, '');
});

afterEach(() => vi.useRealTimers());

function type(text: string): void {
  draft.text = text;
  draft.typed();
}

describe('a draft', () => {
  it('is kept once typing pauses, and once', async () => {
    type('Brot');
    await vi.advanceTimersByTimeAsync(1_000);
    type('Brot und Käse');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(device.count('setDraft')).toBe(0);
    await vi.advanceTimersByTimeAsync(600);
    const { args, answer } = device.take('setDraft');
    expect(args).toEqual({ conversation: 'shopping', text: 'Brot und Käse' });
    await answer(undefined as never);
    await draft.keep();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(device.count('setDraft')).toBe(0);
  });

  it('of another device shows where nothing was begun', () => {
    draft.heard('ミルクを買う', draft.version);
    expect(draft.text).toBe('ミルクを買う');
  });

  it('of another device does not overwrite what is being kept', async () => {
    type('Brot');
    const keeping = draft.keep();
    draft.heard('Oliven', draft.version);
    expect(draft.text).toBe('Brot');
    await device.take('setDraft').answer(undefined as never);
    await keeping;
    expect(draft.text).toBe('Brot');
  });

  it('that was read before the own one was kept does not overwrite it afterwards', async () => {
    const asked = draft.version;
    type('Brot');
    const keeping = draft.keep();
    await device.take('setDraft').answer(undefined as never);
    await keeping;
    draft.heard('Oliven', asked);
    expect(draft.text).toBe('Brot');
    draft.heard('Brot und Oliven', draft.version);
    expect(draft.text).toBe('Brot und Oliven');
  });

  it('is not emptied by a send elsewhere while it is being typed', async () => {
    draft.heard('Brot', draft.version);
    type('Brot und Kä');
    draft.heard('', draft.version);
    expect(draft.text).toBe('Brot und Kä');
    await vi.advanceTimersByTimeAsync(PAUSED_MS);
    expect(device.take('setDraft').args.text).toBe('Brot und Kä');
  });

  it('that was sent elsewhere as it stands here is gone here as well', () => {
    draft.heard('Brot', draft.version);
    draft.heard('', draft.version);
    expect(draft.text).toBe('');
  });

  it('is tried again when it could not be kept', async () => {
    type('Brot');
    await vi.advanceTimersByTimeAsync(PAUSED_MS);
    await device.take('setDraft').fail(new Error('The connection to Reunion was lost.'));
    expect(draft.text).toBe('Brot');
    await vi.advanceTimersByTimeAsync(PAUSED_MS);
    const { args, answer } = device.take('setDraft');
    expect(args.text).toBe('Brot');
    await answer(undefined as never);
    expect(device.count('setDraft')).toBe(0);
  });

  it('is given up for the other devices once it was sent', async () => {
    type('Brot');
    await vi.advanceTimersByTimeAsync(PAUSED_MS);
    await device.take('setDraft').answer(undefined as never);
    const clearing = draft.clear();
    expect(draft.text).toBe('');
    const { args, answer } = device.take('setDraft');
    expect(args.text).toBe('');
    await answer(undefined as never);
    await clearing;
  });
});
