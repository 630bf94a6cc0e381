import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import type { TestState } from '../src/testHook';

/** Quiet, and sounding without a gesture; a hidden window is not slowed. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--disable-renderer-backgrounding',
];
/** Chromium's own software GL, where there is no GPU; without a GPU process for the Canvas renderer. */
const BY_RENDERER: Readonly<Record<Renderer, readonly string[]>> = {
  canvas: ['--disable-gpu'],
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
};
const ENTER_MS = 60_000;

export type Renderer = 'canvas' | 'webgl';

/** The built client in a headless Chromium, in a match. */
export class GamePage {
  /** What the page complained of: a measurement of a page with errors is none. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    /** The page's own. */
    readonly tools: CDPSession,
    /** The browser's, for traces. */
    readonly browserTools: CDPSession,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('crash', () => this.complaints.push('the page crashed'));
  }

  static async open(renderer: Renderer): Promise<GamePage> {
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: [...FLAGS, ...BY_RENDERER[renderer]],
    });
    const page = await browser.newPage({ viewport: { width: 960, height: 540 } });
    return new GamePage(browser, page, await page.context().newCDPSession(page), await browser.newBrowserCDPSession());
  }

  get version(): string {
    return this.browser.version();
  }

  /** @param query of the page's address; see the README */
  async enter(url: string, query: Readonly<Record<string, string>>): Promise<void> {
    await this.page.goto(`${url}?${new URLSearchParams({ autojoin: '1', ...query }).toString()}`);
    await this.page.waitForFunction(() => (window.trespasser?.state().states ?? 0) > 2, undefined, { timeout: ENTER_MS });
  }

  state(): Promise<TestState> {
    return this.page.evaluate(() => window.trespasser!.state());
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
