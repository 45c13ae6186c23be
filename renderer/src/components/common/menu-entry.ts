import type { Component } from 'svelte';

interface MenuEntry {
  readonly text: string;
  readonly icon?: Component<{ size?: number | string; 'aria-hidden'?: 'true' }>;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

/** Entries in groups, with a line between each two. */
export type MenuGroups = readonly (readonly MenuEntry[])[];
