import { z } from 'zod';

/** A rectangle in device-independent pixels, as Electron has it; without x and y the system places it. */
export interface Bounds {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
}

export type Area = Required<Bounds>;

export interface WindowState {
  readonly bounds: Area | null;
  readonly maximized: boolean;
  /** 0 is 100 %, each step 20 % more or less, as Electron has it. */
  readonly zoom: number;
}

const area = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export const windowState: z.ZodType<WindowState> = z.object({
  bounds: area.nullable(),
  maximized: z.boolean(),
  zoom: z.number().min(-3).max(5),
});

export const FIRST_WINDOW: WindowState = { bounds: null, maximized: false, zoom: 0 };
const FIRST_SIZE = { width: 1100, height: 720 };
/** So much of the title bar has to be on a display that a person can take hold of it. */
const GRIP = 80;

/** Where the window opens: where it was, if there is a display there still, else where the system puts it. */
export function boundsOn(displays: readonly Area[], { bounds }: WindowState): Bounds {
  if (!bounds) return FIRST_SIZE;
  const display = displays.find((each) => isGripOn(each, bounds));
  const { width, height } = bounds;
  if (!display) return { width, height };
  return {
    ...bounds,
    width: Math.min(width, display.width),
    height: Math.min(height, display.height),
  };
}

function isGripOn(display: Area, { x, y, width }: Area): boolean {
  const left = Math.max(x, display.x);
  const right = Math.min(x + width, display.x + display.width);
  return right - left >= GRIP && y >= display.y && y <= display.y + display.height - GRIP / 2;
}
