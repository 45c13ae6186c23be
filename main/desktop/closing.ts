/** What closing the window means, and what the person is told of it, if anything. */
export function whatClosingMeans(known: {
  readonly isQuitting: boolean;
  /** The setting. */
  readonly background: boolean;
  /** Whether the device is neither a first one nor has joined others: there is nothing to synchronize yet. */
  readonly isNew: boolean;
  readonly hasTray: boolean;
  /** Whether it was told before: once is enough. */
  readonly wasTold: boolean;
}): {
  readonly action: 'close' | 'hide' | 'quit';
  readonly tell?: { readonly title: string; readonly body: string };
} {
  if (known.isQuitting) return { action: 'close' };
  if (!known.background || known.isNew) return { action: 'quit' };
  if (known.wasTold) return { action: 'hide' };
  const back = known.hasTray
    ? 'Its symbol in the tray opens it again.'
    : 'Start it again to open it.';
  return {
    action: 'hide',
    tell: {
      title: 'Reunion goes on in the background',
      body: `Your devices are kept the same while the window is closed. ${back} Settings change this.`,
    },
  };
}
