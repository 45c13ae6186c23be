import { describe, expect, it } from 'vitest';
import { OpenGroup } from '../../main/group/open-group.ts';
import { StaticGroup } from '../../main/group/static-group.ts';
import { createMemorySyncStore } from '../../main/mvds/memory-store.ts';
import type { PeerId } from '../../main/mvds/types.ts';
import type { PeerGroup } from '../../main/sync/ports.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { A, B, connect, GROUP, inStep, Side } from '../sync/side.ts';

const [C, D] = ['c', 'd'] as [PeerId, PeerId];

/** One member, that the group pauses and resumes. */
class PausingGroup implements PeerGroup {
  readonly members = new Map([[B, new Set([GROUP])]]);
  paused: ReadonlySet<PeerId> = new Set();
  #listener: () => void = () => undefined;

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  pause(...peers: PeerId[]): void {
    this.paused = new Set(peers);
    this.#listener();
  }
}

describe('what the group layer says reaches the orchestrator', () => {
  it('as add and remove, with nothing left pending for a member that is dropped', async () => {
    const clock = new ManualClock();
    const group = new StaticGroup([], [GROUP]);
    const a = await Side.open(B, clock, createMemorySyncStore(), 'aa'.repeat(16), group);
    for (const text of ['one', 'two']) await a.write(text);
    expect(a.orchestrator.peers()).toEqual([]);

    group.setPeers([B]);
    await a.until(clock, () => a.wanted.has(B));
    const b = await Side.open(A, clock);
    connect(a, b);
    await inStep(clock, a, b);

    group.setPeers([C]);
    await a.until(clock, () => a.orchestrator.peers().length === 2 && !a.wanted.has(B));
    await a.write('three');
    const { records } = a.store;
    expect(await records.counts(B)).toEqual({ offers: 0, requests: 0, messages: 0 });
    expect((await records.cursors(B)).size).toBe(0);
    expect((await records.counts(C)).messages).toBe(1);
    expect(a.errors).toEqual([]);
  });

  it('as pause and resume: nothing goes out meanwhile, and what there is then goes at once', async () => {
    const clock = new ManualClock();
    const group = new PausingGroup();
    const a = await Side.open(B, clock, createMemorySyncStore(), 'aa'.repeat(16), group);
    const b = await Side.open(A, clock);
    connect(a, b);
    await inStep(clock, a, b);

    group.pause(B);
    await a.until(clock, () => a.status()?.state.kind === 'paused');
    await b.until(clock, () => b.status()?.state.kind === 'paused-there');
    await a.write('meanwhile');
    expect(a.wanted.has(B)).toBe(false);
    expect(await b.bodies()).toEqual([]);
    expect(a.status()).toMatchObject({ state: { kind: 'paused' }, toSend: 1 });

    group.pause();
    await a.until(clock, () => a.wanted.has(B));
    connect(a, b);
    await inStep(clock, a, b);
    expect(await b.bodies()).toEqual(['meanwhile']);
  });

  it('and a pause of the group does not end the one of a person', async () => {
    const clock = new ManualClock();
    const group = new PausingGroup();
    const a = await Side.open(B, clock, createMemorySyncStore(), 'aa'.repeat(16), group);
    a.orchestrator.pause(B);
    group.pause(B);
    await a.until(clock, () => a.status()?.state.kind === 'paused');
    group.pause();
    await a.orchestrator.sinceChanged();
    expect(a.status()?.state).toEqual({ kind: 'paused' });
    a.orchestrator.resume(B);
    expect(a.status()?.state.kind).not.toBe('paused');
  });
});

describe('an open group', () => {
  it('takes in who comes, up to its limit, and drops nobody who is named', () => {
    const group = new OpenGroup([A], [GROUP], 2);
    let changes = 0;
    group.onChange(() => (changes += 1));
    expect([B, C, D].map((peer) => group.admit(peer))).toEqual([true, true, false]);
    expect([...group.members.keys()]).toEqual([A, B, C]);
    expect(changes).toBe(2);
    group.leave(A);
    group.leave(B);
    expect([...group.members.keys()]).toEqual([A, C]);
    expect(group.admit(D)).toBe(true);
    expect(changes).toBe(4);
  });

  it('keeps as a visitor who is not named any more', () => {
    const group = new OpenGroup([A], [GROUP], 1);
    group.setPeers([B]);
    expect([...group.members.keys()]).toEqual([A, B]);
    expect(group.admit(C)).toBe(false);
    group.leave(A);
    expect(group.admit(C)).toBe(true);
  });
});
