import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../main/helpers/bytes.ts';
import { Negentropy, type Step } from '../../main/reconcile/index.ts';
import { idOf, orderedIds, type Position } from './samples.ts';

/** What the reference implementation said; how it was recorded stands in the file. */
interface Recorded {
  readonly name: string;
  readonly firstTimestamp: number;
  readonly step: number;
  readonly perTimestamp: number;
  readonly count: number;
  readonly mineLacks: readonly number[];
  readonly theirsLack: readonly number[];
  /** In turns, the initiator's first. */
  readonly frames: readonly string[];
}

const FILE = join(import.meta.dirname, '../fixtures/negentropy/v1.json');
const { cases } = JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly Recorded[] };

function positionsOf(recorded: Recorded): Position[] {
  const { name, firstTimestamp, step, perTimestamp, count } = recorded;
  return Array.from({ length: count }, (_, index) => ({
    timestamp: BigInt(firstTimestamp + Math.floor(index / perTimestamp) * step),
    id: idOf(`${name} ${index}`),
  }));
}

describe('frames of negentropy V1', () => {
  test('were recorded', () => {
    expect(cases.length).toBeGreaterThan(10);
  });

  test.each(cases)('are the same, byte for byte: $name', (recorded) => {
    const positions = positionsOf(recorded);
    const held = (lacks: readonly number[]): Position[] =>
      positions.filter((_, index) => !lacks.includes(index));
    const { session, frames } = Negentropy.initiate(orderedIds(held(recorded.mineLacks)));
    const responder = Negentropy.respond(orderedIds(held(recorded.theirsLack)));

    const said = [...frames];
    const steps: Step[] = [];
    for (let turn = 0; turn < said.length; turn += 1) {
      const frame = said[turn] ?? new Uint8Array();
      const step = (turn % 2 === 0 ? responder : session).receive(frame);
      said.push(...step.frames);
      steps.push(step);
    }

    expect(said.map(toHex)).toEqual(recorded.frames);
    const only = (lacking: readonly number[], having: readonly number[]): string[] =>
      lacking.filter((at) => !having.includes(at)).map((at) => positions[at]?.id ?? '');
    expect(steps.flatMap(({ have }) => have).sort()).toEqual(
      only(recorded.theirsLack, recorded.mineLacks).sort(),
    );
    expect(steps.flatMap(({ need }) => need).sort()).toEqual(
      only(recorded.mineLacks, recorded.theirsLack).sort(),
    );
    expect(session.isDone).toBe(true);
  });

  test('of another version are answered with the version spoken here', () => {
    const responder = Negentropy.respond(orderedIds([]));
    expect(responder.receive(Uint8Array.of(0x62, 1, 2, 3)).frames).toEqual([Uint8Array.of(0x61)]);
  });
});
