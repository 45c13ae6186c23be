import type { MessageId } from '../../../main/mvds/types.ts';
import { worldOf, YEAR_MS } from './config.ts';
import type { SimulatedDevice } from './device.ts';
import { World, type WorldStats } from './world.ts';

/** Virtual time after the troubles within which everything must be in step: the longest wait is that of a stalled link. */
const PEACE_MS = 3 * 60 * 60 * 1_000;
const LOOK_MS = 60_000;
/** How long silence is listened to. */
const SILENCE_MS = 1_000_000;

export interface WorldResult extends WorldStats {
  /** What was wrong, in words; nothing in a good world. */
  readonly faults: readonly string[];
  readonly trace: string;
}

/**
 * Lives through the world of a seed. Demanded are: the status of every device equals the oracle's after every step; in the
 * end all members hold the same set, nothing is unacknowledged, every pair says that it is up to date, and then there is
 * silence.
 */
export async function lifeOf(seed: number): Promise<WorldResult> {
  const world = new World(worldOf(seed));
  await world.start();
  schedule(world);
  await world.runUntil(world.config.troubledMs + world.config.absenceMs);
  heal(world);
  const faults = await atPeace(world);
  return { ...world.stats, faults: [...world.problems, ...faults], trace: world.traceDigest };
}

function schedule(world: World): void {
  const { config, random, devices } = world;
  // With a long absence the troubles come before it and after it, not all in a corner of 90 days.
  const sometime = (): number => {
    const at = random.between(0, config.troubledMs);
    return at > config.troubledMs / 2 ? at + config.absenceMs : at;
  };
  const times = (count: number, run: () => void): void => {
    for (let index = 0; index < count; index += 1) {
      world.later(sometime(), () => {
        if (!world.isHealed) run();
      });
    }
  };
  times(config.messages, () => {
    const device = random.pick(devices);
    for (let burst = random.pick([1, 1, 5]); burst > 0; burst -= 1) world.write(device);
  });
  times(config.crashes, () =>
    world.crash(
      random.pick(devices),
      random.pick(['now', 'before-commit', 'after-commit']),
      random.between(0, 20_000),
    ),
  );
  for (const kind of config.crashesIn) {
    world.crashIn(random.pick(devices), kind, random.between(0, 20_000));
  }
  times(config.partitions, () => {
    world.setIsland(devices.slice(0, random.below(devices.length)));
    world.later(random.between(1_000, 40_000), () => world.setIsland([]));
  });
  times(config.cuts, () => world.network.disturb('cut'));
  times(config.stalls, () => world.network.disturb('stall'));
  times(config.pauses, () => {
    const [device, other] = pairOf(world);
    device.set(other.peerId, { paused: true });
    world.later(random.between(1_000, 60_000), () => device.set(other.peerId, { paused: false }));
  });
  for (const seconds of config.intervals) {
    times(1, () => {
      const [device, other] = pairOf(world);
      device.set(other.peerId, { interval: seconds });
    });
  }
  times(config.clockJumps, () => {
    random.pick(devices).clock.offsetMs += random.pick([YEAR_MS, -YEAR_MS, -60_000]);
  });
  times(config.removals, () => world.remove(random.pick(devices)));
  if (config.absenceMs > 0) scheduleAbsence(world);
}

function scheduleAbsence(world: World): void {
  const { absenceMs, troubledMs, isOffWhileAbsent } = world.config;
  const device = world.random.pick(world.devices);
  world.later(troubledMs / 2, () => {
    world.setAbsent(device, true);
    if (isOffWhileAbsent) world.crash(device, 'now', absenceMs);
    world.write(device);
    for (const other of world.devices) world.write(other);
  });
  world.later(troubledMs / 2 + absenceMs, () => world.setAbsent(device, false));
}

function pairOf({ random, devices }: World): [SimulatedDevice, SimulatedDevice] {
  const device = random.pick(devices);
  return [device, random.pick(devices.filter((other) => other !== device))];
}

/** All troubles end. Intervals stay as they are: they are no trouble. */
function heal(world: World): void {
  world.isHealed = true;
  world.setIsland([]);
  for (const device of world.devices) {
    world.setAbsent(device, false);
    for (const peerId of device.settings.keys()) device.set(peerId, { paused: false });
  }
}

async function atPeace(world: World): Promise<string[]> {
  const { absenceMs } = world.config;
  const deadline = world.nowMs + PEACE_MS + (absenceMs > 0 ? absenceMs / 30 : 0);
  // Whatever is still under way from before, such as a device that is coming back, is over by the first look.
  do await world.runUntil(world.nowMs + LOOK_MS);
  while (world.nowMs < deadline && (await unrest(world)).length > 0);
  const faults = await unrest(world);
  const isAllLive = world.members.every((device) =>
    [...device.settings.values()].every(({ interval }) => interval === 'live'),
  );
  if (faults.length > 0 || !isAllLive) return faults;
  const before = world.network.frames;
  await world.runUntil(world.nowMs + SILENCE_MS);
  const spoken = world.network.frames - before;
  return spoken > 0 ? [`${spoken} frames when there was nothing to say`] : [];
}

/** What is not yet as it shall be in the end, in words. */
async function unrest({ members, removed }: World): Promise<string[]> {
  const union = new Set<MessageId>(members.flatMap(({ delivered }) => [...delivered]));
  const faults: string[] = [];
  for (const device of members) {
    faults.push(...device.problems);
    const held = new Set(await device.ids());
    if (held.size !== union.size) faults.push(`${device.peerId}: ${held.size} of ${union.size}`);
    for (const { peerId, toSend, state } of device.orchestrator?.peers() ?? []) {
      if (removed.has(peerId)) continue;
      const other = members.find((it) => it.peerId === peerId);
      const isRound = [device.settings.get(peerId), other?.settings.get(device.peerId)].some(
        (settings) => settings !== undefined && settings.interval !== 'live',
      );
      if (toSend > 0) faults.push(`${device.peerId}: ${toSend} to send to ${peerId}`);
      if (!isRound && state.kind !== 'up-to-date') {
        faults.push(`${device.peerId}: ${peerId} is ${state.kind}`);
      }
    }
    if (!device.isRunning) faults.push(`${device.peerId} is not running`);
  }
  return faults;
}
