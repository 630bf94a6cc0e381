const WIDTH = 40;

/** A bar on a terminal, nothing where the output is kept. @param share 0 to 1; from 1 on the bar is taken away */
export function showProgress(share: number, what: string): void {
  if (!process.stderr.isTTY) return;
  if (share >= 1) process.stderr.write('\r\x1b[K');
  else process.stderr.write(`\r[${'#'.repeat(Math.round(WIDTH * share)).padEnd(WIDTH, '.')}] ${(100 * share).toFixed(0)} %  ${what}\x1b[K`);
}
