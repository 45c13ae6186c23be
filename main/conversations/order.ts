/**
 * The last moment of the year 9999, Unix milliseconds. A clock that says more is taken to say this, which leaves room below
 * `ORDER_MAX` for more events than anybody writes.
 */
export const CLOCK_MAX = 253_402_300_799_999;

/** 2^52. An event of a higher order is none: nobody could write anything after one of the highest number there is. */
export const ORDER_MAX = 2 ** 52;

/**
 * The order of a new event: the writer's clock (Unix milliseconds), but always after everything it has seen, so that an
 * answer comes after what it answers, and an edit wins over what it edits, on every device (Lamport's rule on a physical
 * clock). A device whose clock is far ahead takes all the others' orders there as soon as they hear of it: they go on
 * counting from its. That keeps every cause before its effect, which a bound on how far ahead an order may be would not;
 * and all it costs is that what is written on two devices apart from each other no longer falls into the order of their
 * clocks. No order is ever shown as a time.
 */
export function nextOrder(now: number, highestSeen: number): number {
  return Math.max(Math.min(now, CLOCK_MAX), highestSeen + 1);
}

/** The time of a message (Unix milliseconds) as one that can be shown, whatever a clock has said, or somebody who pretends to be one. */
export function shownTime(timestamp: bigint | number): number {
  return Math.min(Math.max(Number(timestamp), 0), CLOCK_MAX);
}
