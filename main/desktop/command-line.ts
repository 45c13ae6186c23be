/** What comes after it is for `reunion`, as the launcher of the deb and rpm has it: build/linux/reunion. */
const CLI = '--cli';

/**
 * The arguments of `reunion`, where the program was started as the command line; undefined where as the app. Windows has no
 * terminal for a program with windows.
 */
export function commandLineOf(
  argv: readonly string[],
  platform: NodeJS.Platform,
): readonly string[] | undefined {
  const at = argv.indexOf(CLI);
  return at < 0 || platform === 'win32' ? undefined : argv.slice(at + 1);
}
