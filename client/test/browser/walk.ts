import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestState } from '../../src/testHook';
import { accessibilityFaults } from './axe';

/** npm runs scripts in the package's folder. */
const ROOT = process.cwd();
const SHOTS = resolve(ROOT, '../target/screenshots');
const REFERENCES = resolve(ROOT, 'test/references');
/** `UPDATE_REFERENCES=1` keeps what is seen now: look at each before committing it. */
const UPDATE = process.env['UPDATE_REFERENCES'] === '1';
/** Of 255, in one channel, from which a pixel is another one; and the share of such pixels that a screen may have. */
const PIXEL_TOLERANCE = 24;
const SCREEN_TOLERANCE = 0.015;
const TABS_AT_MOST = 60;

export interface Walk {
  state(): Promise<TestState>;
  press(...keys: string[]): Promise<void>;
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  shown(selector: string): Promise<boolean>;
  /** Goes there by Tab alone. On the way every control that has the focus shows it, has a name, and lies on the screen. */
  tabTo(id: string): Promise<void>;
  /** Takes a screenshot, and compares it. @param canvas what moves behind a menu is a part of it */
  look(name: string, options?: { compared?: boolean; canvas?: boolean }): Promise<void>;
  /** From the menu into screens and back, six times: the last five leave as many listeners and nodes as the first. @param ways button, and what its screen shows */
  leavesNothing(ways: readonly (readonly [id: string, there: string])[]): Promise<void>;
}

/** What tests of screens do: by keyboard, and by looking. @param complaints of the page */
export function walk(page: () => Page, complaints: readonly string[]): Walk {
  const state = (): Promise<TestState> => page().evaluate(() => window.trespasser!.state());
  const press = (...keys: string[]): Promise<void> => keys.reduce((before, key) => before.then(() => page().keyboard.press(key)), Promise.resolve());

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await holds()); await new Promise((done) => setTimeout(done, 20))) {
      if (Date.now() > end) throw new Error(`${what} did not happen; page: ${complaints.join('; ') || 'no errors'}`);
    }
  }

  const shown = (selector: string): Promise<boolean> => page().locator(selector).first().isVisible();

  async function tabTo(id: string): Promise<void> {
    const way: string[] = [];
    for (let i = 0; i < TABS_AT_MOST; i += 1) {
      const at = await page().evaluate(() => {
        const control = document.activeElement as HTMLElement;
        const label = control instanceof HTMLInputElement ? control.labels?.[0] : undefined;
        const seen = control.classList.contains('sr') ? label : control;
        const box = seen?.getBoundingClientRect();
        const frame = document.getElementById('frame')!.getBoundingClientRect();
        return {
          id: control.id,
          isBody: control === document.body,
          name: control.getAttribute('aria-label') ?? label?.textContent ?? control.textContent ?? '',
          outline: seen ? getComputedStyle(seen).outlineStyle : 'none',
          inside: box !== undefined && box.width > 0 && box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom,
        };
      });
      if (!at.isBody) {
        way.push(at.id);
        expect(at.name.trim(), `a name of #${at.id}`).not.toBe('');
        expect(at.outline, `#${at.id} has the focus and does not show it`).not.toBe('none');
        expect(at.inside, `#${at.id} is on the screen`).toBe(true);
      }
      if (at.id === id) return;
      await press('Tab');
    }
    throw new Error(`#${id} was not reached: ${way.join(' ')}`);
  }

  async function look(name: string, { compared = true, canvas = false } = {}): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    const path = resolve(SHOTS, `${name}.png`);
    await page().screenshot({ path });
    expect.soft(await accessibilityFaults(page()), name).toEqual([]);
    if (!compared) return;
    // What moves behind a menu is no part of it.
    const hide = canvas ? '' : 'canvas { visibility: hidden }';
    const now = await page().screenshot({ style: hide });
    const reference = resolve(REFERENCES, `${name}.png`);
    if (UPDATE || !existsSync(reference)) {
      if (!UPDATE) throw new Error(`${reference} is missing: run with UPDATE_REFERENCES=1, look at it, and commit it`);
      mkdirSync(dirname(reference), { recursive: true });
      writeFileSync(reference, now);
      return;
    }
    const images = [readFileSync(reference), now].map((bytes) => `data:image/png;base64,${bytes.toString('base64')}`);
    const share = await page().evaluate(async ([urls, tolerance]) => {
      const pixels = await Promise.all(urls.map(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const surface = document.createElement('canvas');
        surface.width = image.width;
        surface.height = image.height;
        const context = surface.getContext('2d')!;
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      }));
      const [a, b] = pixels as [ImageData, ImageData];
      if (a.width !== b.width || a.height !== b.height) return 1;
      let others = 0;
      for (let i = 0; i < a.data.length; i += 4) {
        for (let c = 0; c < 3; c += 1) {
          if (Math.abs(a.data[i + c]! - b.data[i + c]!) > tolerance) {
            others += 1;
            break;
          }
        }
      }
      return others / (a.width * a.height);
    }, [images, PIXEL_TOLERANCE] as const);
    expect(share, `${path} differs from ${reference}`).toBeLessThan(SCREEN_TOLERANCE);
  }

  async function leavesNothing(ways: readonly (readonly [id: string, there: string])[]): Promise<void> {
    const held = (): Promise<number[]> => page().evaluate(() => [
      window.trespasser!.listenerCount(), window.trespasser!.gameCount(), document.querySelectorAll('*').length,
    ]);
    const round = async (): Promise<void> => {
      for (const [id, there] of ways) {
        await page().locator(`#${id}`).focus();
        await press('Enter');
        await until(there, () => shown(there));
        await press('Escape');
        await until('the menu', () => shown('#quick-match'));
      }
      await until('the scene', async () => (await state()).scene === 'menu');
    };
    await round();
    const before = await held();
    for (let i = 0; i < 5; i += 1) await round();
    expect(await held()).toEqual(before);
  }

  return { state, press, until, shown, tabTo, look, leavesNothing };
}
