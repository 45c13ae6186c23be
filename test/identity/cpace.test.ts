import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  CpaceRun,
  generatorString,
  lengthValue,
  multiplyVerified,
} from '../../main/identity/cpace.ts';
import type { CpaceInputs } from '../../main/identity/cpace.ts';
import { fromHex, toHex, utf8 } from '../../main/helpers/bytes.ts';

const hex = z.string().transform(fromHex);
const vectors = z
  .object({
    generator: z.object({
      PRS: hex,
      CI: hex,
      sid: hex,
      'generator_string(G.DSI,PRS,CI,sid,H.s_in_bytes)': z.string(),
    }),
    run: z.object({
      PRS: hex,
      CI: hex,
      sid: hex,
      ya: hex,
      yb: hex,
      ADa: hex,
      ADb: hex,
      Ya: z.string(),
      Yb: z.string(),
      K: z.string(),
      ISK_IR: z.string(),
    }),
    scalarMult: z.object({
      Valid: z.object({ s: hex, X: hex, 'G.scalar_mult_vfy(s,X)': z.string() }),
      'Invalid Y1': hex,
      'Invalid Y2': hex,
    }),
  })
  .parse(
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../fixtures/cpace-ristretto255.json'), 'utf8'),
    ),
  );

const none = new Uint8Array(0);

const inputs: CpaceInputs = {
  code: utf8('17-ribbon-oak'),
  channel: utf8('channel'),
  sessionId: new Uint8Array(16).fill(3),
};

function runs(ofInitiator: CpaceInputs, ofResponder: CpaceInputs) {
  return {
    initiator: new CpaceRun(ofInitiator, 'initiator', utf8('A')),
    responder: new CpaceRun(ofResponder, 'responder', utf8('B')),
  };
}

describe('the vectors of the CPace draft for ristretto255', () => {
  it('give its generator string', () => {
    const { PRS, CI, sid, ...expected } = vectors.generator;
    const string = generatorString({ code: PRS, channel: CI, sessionId: sid });
    expect(toHex(string)).toBe(expected['generator_string(G.DSI,PRS,CI,sid,H.s_in_bytes)']);
  });

  it('give its shares, its secret point and its key, on both sides', () => {
    const { run } = vectors;
    const given = { code: run.PRS, channel: run.CI, sessionId: run.sid };
    const initiator = new CpaceRun(given, 'initiator', run.ADa, () => run.ya);
    const responder = new CpaceRun(given, 'responder', run.ADb, () => run.yb);
    expect(toHex(initiator.message.share)).toBe(run.Ya);
    expect(toHex(responder.message.share)).toBe(run.Yb);
    expect(multiplyVerified(bytesToNumberLE(run.ya), fromHex(run.Yb))).toEqual(fromHex(run.K));
    const atInitiator = initiator.receive(responder.message);
    const atResponder = responder.receive(initiator.message);
    // The draft has no vectors for the confirmation: by its words, from its key and shares.
    const mac = (share: string, associatedData: Uint8Array) =>
      createHmac(
        'sha512',
        createHash('sha512')
          .update('CPaceMac')
          .update(run.sid)
          .update(fromHex(run.ISK_IR))
          .digest(),
      )
        .update(lengthValue(fromHex(share), associatedData))
        .digest('hex');
    expect(toHex(atInitiator?.confirmation ?? none)).toBe(mac(run.Ya, run.ADa));
    expect(toHex(atResponder?.confirmation ?? none)).toBe(mac(run.Yb, run.ADb));
    const keys = [
      atInitiator?.confirm(atResponder?.confirmation ?? none),
      atResponder?.confirm(atInitiator?.confirmation ?? none),
    ];
    expect(keys).toEqual([fromHex(run.ISK_IR), fromHex(run.ISK_IR)]);
  });

  it('multiply a valid share, and refuse the invalid one and the neutral element', () => {
    const { Valid, 'Invalid Y1': first, 'Invalid Y2': second } = vectors.scalarMult;
    const scalar = bytesToNumberLE(Valid.s);
    expect(multiplyVerified(scalar, Valid.X)).toEqual(fromHex(Valid['G.scalar_mult_vfy(s,X)']));
    const { responder } = runs(inputs, inputs);
    for (const share of [first, second]) {
      expect(multiplyVerified(scalar, share)).toBeUndefined();
      expect(responder.receive({ share, associatedData: utf8('A') })).toBeUndefined();
    }
  });

  it('put lengths in front as the draft does', () => {
    const parts = ['1234', '5', '', '678'].map(utf8);
    expect(toHex(lengthValue(...parts))).toBe('043132333401350003363738');
    const long = Uint8Array.from({ length: 128 }, (_, byte) => byte);
    expect(toHex(lengthValue(long).subarray(0, 4))).toBe('80010001');
  });
});

describe('a run of CPace', () => {
  it('agrees on one key where all inputs are equal, a new one each time', () => {
    const keys = [1, 2].map(() => {
      const { initiator, responder } = runs(inputs, inputs);
      const atInitiator = initiator.receive(responder.message);
      const atResponder = responder.receive(initiator.message);
      if (!atInitiator || !atResponder) throw new Error('refused');
      const key = atInitiator.confirm(atResponder.confirmation);
      expect(key).toHaveLength(64);
      expect(atResponder.confirm(atInitiator.confirmation)).toEqual(key);
      return key;
    });
    expect(keys[0]).not.toEqual(keys[1]);
  });

  it.each([
    ['code', { ...inputs, code: utf8('17-ribbon-elm') }],
    ['channel', { ...inputs, channel: utf8('another') }],
    ['session', { ...inputs, sessionId: new Uint8Array(16) }],
  ])('is confirmed by neither side where the %s differs', (_, others) => {
    const { initiator, responder } = runs(inputs, others);
    const atInitiator = initiator.receive(responder.message);
    const atResponder = responder.receive(initiator.message);
    if (!atInitiator || !atResponder) throw new Error('refused');
    expect(atInitiator.confirm(atResponder.confirmation)).toBeUndefined();
    expect(atResponder.confirm(atInitiator.confirmation)).toBeUndefined();
    expect(atInitiator.confirmation).not.toEqual(atResponder.confirmation);
  });

  it('is not confirmed where somebody in between changed what was sent along', () => {
    const { initiator, responder } = runs(inputs, inputs);
    const atInitiator = initiator.receive({ ...responder.message, associatedData: utf8('C') });
    const atResponder = responder.receive(initiator.message);
    if (!atInitiator || !atResponder) throw new Error('refused');
    expect(atInitiator.confirm(atResponder.confirmation)).toBeUndefined();
    expect(atResponder.confirm(atInitiator.confirmation)).toBeUndefined();
  });

  it('is not confirmed by one bit less, nor by the own confirmation sent back', () => {
    const { initiator, responder } = runs(inputs, inputs);
    const atInitiator = initiator.receive(responder.message);
    const right = responder.receive(initiator.message)?.confirmation;
    if (!atInitiator || !right) throw new Error('refused');
    expect(atInitiator.confirm(atInitiator.confirmation)).toBeUndefined();
    expect(atInitiator.confirm(right.subarray(1))).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(right.byteLength * 8 - 1), (bit) => {
        const wrong = Uint8Array.from(right);
        wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(atInitiator.confirm(wrong)).toBeUndefined();
      }),
    );
    expect(atInitiator.confirm(right)).toHaveLength(64);
  });

  it('refuses its own share sent back, shares of another length, and too much along with them', () => {
    const { initiator, responder } = runs(inputs, inputs);
    const { share } = responder.message;
    const associatedData = utf8('B');
    expect(initiator.receive({ share: initiator.message.share, associatedData })).toBeUndefined();
    expect(initiator.receive({ share: share.subarray(1), associatedData })).toBeUndefined();
    const tooMuch = new Uint8Array(2_000);
    expect(initiator.receive({ share, associatedData: tooMuch })).toBeUndefined();
    expect(() => new CpaceRun(inputs, 'initiator', tooMuch)).toThrow(RangeError);
    expect(initiator.receive({ share, associatedData })).toBeDefined();
  });
});
