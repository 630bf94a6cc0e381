import { chromium, type Browser } from 'playwright-core';

/** Quiet: no updater, no first-run page, nothing that asks the network for anything but the game. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** @param graphics what there is to draw with; by default, no GPU */
export function launch(graphics: readonly string[] = ['--disable-gpu']): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: [...FLAGS, ...graphics] });
}
