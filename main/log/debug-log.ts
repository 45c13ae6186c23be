import weald from 'weald';

/**
 * Writes errors that are ignored on purpose to standard error where `DEBUG` names the namespace, as `DEBUG=reunion:*` or
 * `DEBUG=reunion:network:*`; libp2p's own lines come with `DEBUG=libp2p:*`. Silent otherwise.
 * @param namespace folder and file, as `network:members`
 * @returns a function that fits `promise.catch(…)`: it returns undefined
 */
export function debugLog(namespace: string): (error: unknown) => undefined {
  const write = weald(`reunion:${namespace}`);
  return (error) => {
    if (write.enabled) write('%O', error);
  };
}
