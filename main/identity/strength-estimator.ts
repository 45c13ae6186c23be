import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** Words of this program, which somebody would think of first. */
const OWN_WORDS = ['reunion', 'passphrase', 'messages'];

/** Made in some 100 ms, of some megabytes of words: to be loaded where it is needed. */
export function createEstimator(): ZxcvbnFactory {
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary, own: OWN_WORDS },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}
