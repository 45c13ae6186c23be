import { describe, expect, it } from 'vitest';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import { channelPair } from '../helpers/channels.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { A, B, connect, inStep, Side } from './side.ts';

describe('the orchestrator', () => {
  it('wants the members of the group, and gives a newcomer everything', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    expect([...a.wanted]).toEqual([B]);
    for (const text of ['one', 'two', 'three']) await a.write(text);
    await b.write('four');
    expect(a.status()).toMatchObject({ state: { kind: 'connecting' }, toSend: 3 });
    expect(a.status()?.toReceive).toBeUndefined();

    connect(a, b);
    await inStep(clock, a, b);
    expect(await a.bodies()).toEqual(['four', 'one', 'three', 'two']);
    expect(await b.bodies()).toEqual(await a.bodies());
    for (const side of [a, b]) {
      expect(side.status()).toMatchObject({ toSend: 0, toReceive: 0 });
      expect(side.status()?.lastInSync).toBeGreaterThan(0);
      expect(side.errors).toEqual([]);
    }
  });

  it('never says up to date before the other side has said that it has nothing more', async () => {
    const clock = new ManualClock();
    const a = await Side.open(B, clock);
    const [endA] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: endA });
    await a.until(clock, () => a.status()?.state.kind === 'connecting');
    clock.advance(20_000);
    expect(a.status()).toMatchObject({ state: { kind: 'connecting', path: 'lan' }, toSend: 0 });
    expect(a.status()?.lastInSync).toBeUndefined();
  });

  it('counts what the other side has not acknowledged, and sends it when the other is back', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const cut = connect(a, b);
    await inStep(clock, a, b);
    await cut();
    await a.until(clock, () => a.status()?.state.kind === 'offline');
    for (const text of ['while', 'away']) await a.write(text);
    expect(a.status()).toMatchObject({ state: { kind: 'offline' }, toSend: 2 });

    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['away', 'while']);
  });

  it('takes a new session in place of one that hangs', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const [hanging] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: hanging });
    await a.write('into the hanging session');
    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['into the hanging session']);
    expect(await hanging.read()).toBeUndefined();
  });

  it('sends everything again to a peer that has lost its store', async () => {
    const clock = new ManualClock();
    const a = await Side.open(B, clock);
    const first = await Side.open(A, clock);
    for (const text of ['kept', 'safe']) await a.write(text);
    await first.write('written there');
    const cut = connect(a, first);
    await inStep(clock, a, first);
    await cut();
    await a.until(clock, () => a.status()?.state.kind === 'offline');

    const anew = await Side.open(A, clock, createMemorySyncStore(), 'cc'.repeat(16));
    connect(a, anew);
    await anew.until(clock, async () => (await anew.bodies()).length === 3);
    expect(await anew.bodies()).toEqual(['kept', 'safe', 'written there']);
  });

  it('survives bytes that are no payload', async () => {
    const clock = new ManualClock();
    const [a, b] = [await Side.open(B, clock), await Side.open(A, clock)];
    const [endA, hostile] = channelPair();
    a.session({ peerId: B, path: 'lan', channel: endA });
    await hostile.write(new Uint8Array([255, 255, 255, 255]));
    await a.write('still here');
    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['still here']);
  });
});
