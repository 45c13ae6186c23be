/** No file imports itself by way of others, not even for a type: see `npm run check`. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {
        // Each of these imports a type of the file that uses it.
        pathNot: [
          '^main/mvds/(codec|decode-message|mutable-peer|state)[.]ts$',
          // A component that draws its own kind within itself.
          '^renderer/src/markdown/(Blocks|Inlines)[.]svelte$',
        ],
      },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^main/proto/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
