import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isNeighbour,
  neighboursOf,
  newNeighbours,
  nextNeighbours,
  placesBesideMesh,
  REST_MS,
} from '../../main/group/mesh-neighbours.ts';
import type { MeshEvent, Neighbours } from '../../main/group/mesh-neighbours.ts';
import type { PeerId } from '../../main/mvds/types.ts';

const SELF = 'self' as PeerId;
const peers = (text: string): Set<PeerId> => new Set(Array.from(text) as PeerId[]);
const mesh = (text: string): MeshEvent => ({ type: 'mesh', peers: peers(text) });
const tick = (candidate?: string): MeshEvent => ({
  type: 'tick',
  candidate: candidate as PeerId | undefined,
});
const about = (type: 'visit' | 'refused' | 'session-ended', peer: string): MeshEvent => ({
  type,
  peer: peer as PeerId,
});

/** Events at their times; the state after the last. */
function after(degree: number, ...events: readonly (readonly [number, MeshEvent])[]): Neighbours {
  return events.reduce(
    (state, [at, event]) => nextNeighbours(state, event, at),
    newNeighbours(SELF, degree),
  );
}

/** All neighbours, those that are paused in brackets. */
function shown(state: Neighbours): string {
  const { all, paused } = neighboursOf(state);
  return [...all].map((peer) => (paused.has(peer) ? `(${peer})` : peer)).join('');
}

describe('the neighbours in a mesh', () => {
  it('2: are the mesh, as long as there is room; who waits comes in when there is', () => {
    const state = after(6, [0, mesh('abcdef')]);
    expect(shown(state)).toBe('abcd');
    const left = nextNeighbours(state, mesh('acdef'), 1);
    expect(shown(left)).toBe('acde');
    expect([...left.waiting]).toEqual(['f']);
  });

  it('3: are one more that is visited, another one at each tick, and one that visits', () => {
    const state = after(6, [0, mesh('ab')], [1, tick('x')]);
    expect(shown(state)).toBe('abx');
    expect(shown(nextNeighbours(state, tick('y'), 2))).toBe('aby');
    expect(shown(nextNeighbours(state, tick(), 2))).toBe('ab');
    expect(shown(nextNeighbours(state, tick('a'), 2))).toBe('ab');
    expect(shown(nextNeighbours(state, about('refused', 'x'), 2))).toBe('ab');
    const visited = nextNeighbours(state, about('visit', 'v'), 2);
    expect(shown(visited)).toBe('abxv');
    expect(isNeighbour(nextNeighbours(visited, about('visit', 'w'), 3), 'w' as PeerId)).toBe(false);
    expect(shown(nextNeighbours(visited, about('session-ended', 'v'), 3))).toBe('abx');
    expect(shown(nextNeighbours(visited, tick('x'), 2 + 240_000))).toBe('abx');
  });

  it('3: share one place between visits and visitors where the degree is small', () => {
    const state = after(3, [0, mesh('abc')], [1, tick('x')]);
    expect(shown(state)).toBe('abx');
    expect(shown(nextNeighbours(state, about('visit', 'v'), 2))).toBe('abx');
    const visited = nextNeighbours(nextNeighbours(state, tick(), 2), about('visit', 'v'), 3);
    expect(shown(visited)).toBe('abv');
    expect(shown(nextNeighbours(visited, tick('y'), 4))).toBe('abv');
  });

  it('3: let a peer in that rests and comes to visit, where there is a place', () => {
    const state = after(6, [0, mesh('ab')], [10, mesh('b')]);
    expect(shown(state)).toBe('(a)b');
    expect(shown(nextNeighbours(state, about('visit', 'a'), 11))).toBe('ba');
    const taken = nextNeighbours(state, about('visit', 'v'), 11);
    expect(shown(nextNeighbours(taken, about('visit', 'a'), 12))).toBe('(a)bv');
  });

  it('4: pause when they leave the mesh, are dropped later, and give way', () => {
    const state = after(5, [0, mesh('abc')], [10, mesh('bc')]);
    expect(shown(state)).toBe('(a)bc');
    expect(shown(nextNeighbours(state, tick(), 9 + REST_MS))).toBe('(a)bc');
    expect(shown(nextNeighbours(state, tick(), 10 + REST_MS))).toBe('bc');
    expect(shown(nextNeighbours(state, mesh('bcd'), 11))).toBe('bcd');
  });

  it('5: go on where they were when they are back', () => {
    expect(shown(after(5, [0, mesh('ab')], [10, mesh('a')], [20, mesh('ab')]))).toBe('ab');
  });

  it('1 and 6: are never more than the degree, never this node, never twice', () => {
    const peer = fc.constantFrom(...Array.from('abcdefghij'), SELF) as fc.Arbitrary<PeerId>;
    const event: fc.Arbitrary<MeshEvent> = fc.oneof(
      fc.record({
        type: fc.constant('mesh' as const),
        peers: fc.array(peer).map((them) => new Set(them)),
      }),
      fc.record({
        type: fc.constant('tick' as const),
        candidate: fc.option(peer, { nil: undefined }),
      }),
      fc.record({ type: fc.constantFrom('visit', 'refused', 'session-ended', 'blocked'), peer }),
    );
    const degree = fc.integer({ min: 2, max: 8 });
    fc.assert(
      fc.property(degree, fc.array(fc.tuple(fc.nat(100_000), event)), (most, events) => {
        let state = newNeighbours(SELF, most);
        let now = 0;
        let inMesh: ReadonlySet<PeerId> = new Set();
        for (const [pause, one] of events) {
          now += pause;
          if (one.type === 'mesh') inMesh = new Set([...one.peers].filter((it) => it !== SELF));
          state = nextNeighbours(state, one, now);
          const { all, paused } = neighboursOf(state);
          const places = [...state.mesh.keys(), state.visited?.peer, state.visitor?.peer];
          const taken = places.filter((it) => it !== undefined);
          expect(all.size).toBeLessThanOrEqual(most);
          expect(taken).toHaveLength(all.size);
          expect(all.has(SELF)).toBe(false);
          for (const it of paused) expect(inMesh.has(it)).toBe(false);
          if (one.type === 'blocked') {
            expect(all.has(one.peer)).toBe(false);
            inMesh = new Set([...inMesh].filter((it) => it !== one.peer));
            state = nextNeighbours(state, { type: 'mesh', peers: inMesh }, now);
          }
          // 2: whoever is in the mesh has a place, or all are taken by others that are.
          const active = [...state.mesh].filter(([, { leftAt }]) => leftAt === undefined).length;
          expect(active).toBe(Math.min(inMesh.size, most - placesBesideMesh(most)));
        }
      }),
    );
  });

  it('refuse a degree that no graph holds together by', () => {
    for (const degree of [1, 65, 4.5, NaN]) {
      expect(() => newNeighbours(SELF, degree)).toThrow(RangeError);
    }
  });
});
