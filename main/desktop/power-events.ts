import type { PowerMonitor } from 'electron';
import type { SystemEvent } from '../device/power.ts';

/** Tells the device what its computer goes through. */
export function tellOfPower(
  power: Pick<PowerMonitor, 'on' | 'isOnBatteryPower'>,
  tell: (event: SystemEvent) => void,
): void {
  power.on('suspend', () => tell('suspend'));
  power.on('resume', () => tell('resume'));
  power.on('lock-screen', () => tell('lock'));
  power.on('unlock-screen', () => tell('unlock'));
  power.on('on-battery', () => tell('on-battery'));
  power.on('on-ac', () => tell('on-mains'));
  if (power.isOnBatteryPower()) tell('on-battery');
}
