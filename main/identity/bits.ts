/** A set of small whole numbers, one bit each. */
export class Bits {
  readonly #words: Uint32Array;

  /** Room for the numbers from 0 to `size` - 1, none of them in it. */
  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  copy(): Bits {
    const copy = new Bits(this.#words.length * 32);
    copy.#words.set(this.#words);
    return copy;
  }

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  add(number: number): void {
    const word = number >>> 5;
    if (word >= this.#words.length) throw new RangeError(`no room for ${number}`);
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (number & 31));
  }

  remove(number: number): void {
    const word = number >>> 5;
    if (word < this.#words.length) {
      this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (number & 31));
    }
  }

  /** Puts everything into this set that is in the other, which is of the same size. */
  addAll(other: Bits): void {
    this.#words.forEach((word, index) => {
      this.#words[index] = word | (other.#words[index] ?? 0);
    });
  }
}
