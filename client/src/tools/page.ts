/** What both tools' pages have in common. */
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import { choosePalette, publishPalette } from '../render/palette';
import { buildTrueType } from '../render/ttf';
import { loadSettings } from '../settings';
import { el, setShown, setText } from '../ui/dom';
import './tools.css';

/** Largest file that is read, bytes: the engine's own limit. */
const MOST_BYTES = 64 << 20;

/** Colours and typeface. The page is there without the typeface, too. */
export async function preparePage(): Promise<HTMLElement> {
  // As chosen in the game.
  choosePalette(loadSettings().palette);
  publishPalette(document.documentElement);
  const root = document.getElementById('tool');
  if (!root) throw new Error('the page lacks its root');
  try {
    document.fonts.add(await new FontFace('Trespasser Pixel', buildTrueType('Trespasser Pixel')).load());
  } catch (error) {
    console.warn('trespasser: the pixel typeface was not taken; the system one is used', error);
  }
  return root;
}

export function button(text: string, click: () => void, attributes: Readonly<Record<string, string>> = {}): HTMLButtonElement {
  const element = el('button', '', { type: 'button', ...attributes }, text);
  element.addEventListener('click', click);
  return element;
}

export function filePicker(text: string, accept: string, take: (file: File) => void): HTMLElement {
  const input = el('input', '', { type: 'file', accept });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file again counts as a choice.
    if (file) take(file);
    input.value = '';
  });
  return el('label', 'button', {}, text, input);
}

/** @throws Error that says why the file can't be read */
export async function readFile(file: File): Promise<Uint8Array> {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} has ${file.size} bytes; at most ${MOST_BYTES} are read`);
  return new Uint8Array(await file.arrayBuffer());
}

export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The playfield at a whole number of device pixels, and what lies over it. */
export class Stage {
  readonly root = el('main', 'stage', { 'aria-label': 'Playfield' });
  readonly canvas = el('canvas', '', { width: String(FIELD_WIDTH), height: String(FIELD_HEIGHT) });
  readonly context = this.canvas.getContext('2d')!;
  private readonly hint = el('div', 'hint');
  private readonly text = el('p', 'message');

  /** @param drop files that are dropped */
  constructor(drop: (file: File) => void, ...offers: HTMLElement[]) {
    this.hint.append(this.text, el('div', 'row', {}, ...offers));
    this.root.append(this.canvas, this.hint);
    window.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.root.classList.add('over');
    });
    window.addEventListener('dragleave', () => this.root.classList.remove('over'));
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      this.root.classList.remove('over');
      const file = event.dataTransfer?.files[0];
      if (file) drop(file);
    });
    new ResizeObserver(() => this.fit()).observe(this.root);
  }

  /** Over the playfield, until `clear`. */
  say(text: string, bad = false): void {
    setText(this.text, text);
    this.text.className = bad ? 'message bad' : 'message';
    this.text.setAttribute('role', bad ? 'alert' : 'status');
    setShown(this.hint, true);
  }

  clear(): void {
    setShown(this.hint, false);
  }

  /** px of the playfield under a pointer. */
  at(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * FIELD_WIDTH,
      y: ((event.clientY - box.top) / box.height) * FIELD_HEIGHT,
    };
  }

  private fit(): void {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.root;
    const fits = Math.min((clientWidth * ratio) / FIELD_WIDTH, (clientHeight * ratio) / FIELD_HEIGHT);
    // Whole device pixels where there is room; a small screen shows it smaller rather than cut.
    const zoom = (fits >= 1 ? Math.floor(fits) : fits) / ratio;
    this.canvas.style.width = `${FIELD_WIDTH * zoom}px`;
    this.canvas.style.height = `${FIELD_HEIGHT * zoom}px`;
  }
}
