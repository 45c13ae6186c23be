import type { Brand } from '../helpers/brand.ts';
import type { Random } from '../helpers/clock.ts';

/** The part of a short code that says which device is inviting: 4 decimal digits. It is no secret. */
export type Nameplate = Brand<string, 'Nameplate'>;

const DIGITS = 4;
const COUNT = 10 ** DIGITS;

/** The nameplate that a text stands for; undefined where it is anything but 4 digits. */
export function parseNameplate(text: string): Nameplate | undefined {
  return /^[0-9]{4}$/u.test(text) ? (text as Nameplate) : undefined;
}

/** The nameplate of a number from 0 to 9999; undefined for any other. */
export function nameplateOfNumber(number: number): Nameplate | undefined {
  const isOne = Number.isInteger(number) && number >= 0 && number < COUNT;
  return isOne ? (number.toString().padStart(DIGITS, '0') as Nameplate) : undefined;
}

export function drawNameplate(random: Random): Nameplate {
  const number = Math.floor(random.next() * COUNT);
  return number.toString().padStart(DIGITS, '0') as Nameplate;
}
