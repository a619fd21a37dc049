// When a process of ours ends: on SIGTERM or SIGINT, and, if it was started by a parent of ours, when the parent is gone.

/** The variable by which a parent tells its child to end with it: the child's stdin is a pipe that only the parent holds. */
export const exitWithParent = 'SITEWIDE_EXIT_WITH_PARENT';

/** Resolves with the reason as soon as this process should end. */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
    if (process.env[exitWithParent] === '1') {
      process.stdin.once('close', () => resolve('its parent is gone')).resume();
      unrefInput();
    }
  });
}

/** An open standard input alone must not keep a process running that has closed everything else. */
function unrefInput(): void {
  const input: NodeJS.ReadStream & { readonly unref?: () => void } = process.stdin;
  input.unref?.();
}
