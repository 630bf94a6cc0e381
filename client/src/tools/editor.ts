/** The map editor: cells under a brush, what the engine makes of them, checks, and a match on them at once. */
import type { Team } from '../core/rules';
import { CELL, COLS, type About, type Engine, type MapChecks, type MapInfo, type Reading } from '../engine/engine';
import { fetchEngine } from '../engine/module';
import { css, PALETTE, TEAM_COLOURS } from '../render/palette';
import { el, setText } from '../ui/dom';
import { drawCells, Field } from './field';
import { MapModel, type Symmetry, type Tool } from './mapModel';
import { button, filePicker, message, preparePage, readFile, Stage } from './page';
import { Practice } from './practice';
import { Sheets } from './sheets';

/** ms without a change after which the checks run. */
const CHECK_AFTER_MS = 200;
/** px that a way's tint fades over. */
const FARTHEST = 600;

const OVERLAYS = [
  ['none', 'Nothing'], ['sight', 'Sight from the pointer'], ['sound', 'Sound from the pointer'],
  ['red', 'Ways of red'], ['blue', 'Ways of blue'], ['first', 'Who is there first'],
] as const;
type Overlay = (typeof OVERLAYS)[number][0];

function select<T extends string>(label: string, options: readonly (readonly [T, string])[], change: (value: T) => void): HTMLSelectElement {
  const element = el('select', '', { 'aria-label': label });
  for (const [value, text] of options) element.append(el('option', '', { value }, text));
  element.addEventListener('change', () => change(element.value as T));
  return element;
}

class EditorPage {
  private readonly about: About;
  private readonly model: MapModel;
  private readonly stage: Stage;
  private readonly field: Field;
  private readonly practice: Practice;
  private kind: number;
  private tool: Tool = 'brush';
  private overlay: Overlay = 'none';
  private reading: Reading = 0;
  private soundKind = 0;
  private info: MapInfo | null = null;
  private checks: MapChecks | null = null;
  /** Of the model: drawn, and checked. */
  private version = -1;
  private checked = -1;
  private changedAt = 0;
  private pointer: { x: number; y: number } | null = null;
  /** Where the stroke began and where it was last, in cells; null: none. */
  private stroke: { col: number; row: number; lastCol: number; lastRow: number; kind: number } | null = null;
  /** Spawns and lines that a problem is about, while it is pointed at. */
  private pointed: readonly (readonly [number, number])[] = [];
  private name = 'map';
  private lastMs = 0;

  private readonly title = el('span', 'grow', { role: 'status' });
  private readonly undo = button('Undo', () => this.model.undo(), { title: 'Ctrl+Z' });
  private readonly redo = button('Redo', () => this.model.redo(), { title: 'Ctrl+Y' });
  private readonly play = button('Play', () => this.togglePlay(), { title: 'Against bots, in this page; Escape ends it' });
  private readonly kinds: HTMLButtonElement[] = [];
  private readonly tools: HTMLButtonElement[] = [];
  private readonly problems = el('ul', 'list', { 'aria-live': 'polite' });
  private readonly facts = el('dl', 'facts');
  private readonly bots = el('input', '', { type: 'range', min: '0', max: '7', value: '3', 'aria-label': 'Bots' });
  private readonly skill = el('input', '', { type: 'range', min: '0', max: '100', value: '40', 'aria-label': 'Skill' });
  private team: Team = 'red';

  constructor(
    root: HTMLElement,
    private readonly engine: Engine,
  ) {
    this.about = engine.about();
    const names = this.about.cells.map(({ name }) => name);
    this.model = new MapModel(names);
    this.kind = names.indexOf('concrete');
    const open = (file: File): void => void this.openFile(file);
    this.stage = new Stage(open);
    this.field = new Field(this.stage.context, new Sheets());
    this.practice = new Practice(engine, this.stage, this.field);
    this.about.cells.forEach(({ name, rgb }, kind) => {
      const icon = el('i');
      icon.style.background = `rgb(${rgb.join(' ')})`;
      const label = name === 'red' || name === 'blue' ? `${name} spawn` : name;
      const choice = button('', () => this.choose(kind), { 'aria-pressed': String(kind === this.kind) });
      choice.append(icon, label);
      this.kinds.push(choice);
    });
    for (const tool of ['brush', 'rectangle', 'fill'] as const) {
      this.tools.push(button(tool[0]!.toUpperCase() + tool.slice(1), () => this.take(tool), { 'aria-pressed': String(tool === this.tool) }));
    }
    const maps = select('Open one of the game\u2019s maps', [['', 'Game\u2019s maps'], ...this.about.maps.map((name) => [name, name] as const)], (name) => {
      if (name !== '') this.load(() => this.engine.loadBuiltin(name, this.reading), name);
      maps.value = '';
    });
    const sounds = select('Sound', this.about.sounds.map((kind) => [kind, kind.replaceAll('_', ' ')] as const), (kind) => {
      this.soundKind = this.about.sounds.indexOf(kind);
    });
    sounds.value = 'fire_rifle';
    this.soundKind = this.about.sounds.indexOf('fire_rifle');
    const line = (text: string, control: HTMLElement): HTMLElement => el('label', 'row', {}, text, control);
    root.append(
      el(
        'header', '', {}, el('h1', '', {}, 'Map editor'),
        button('New', () => this.begin()), maps, filePicker('Open', '.png', open),
        button('Save', () => this.save(), { title: 'As a PNG of 48 x 27 pixels' }), this.undo, this.redo, this.play, this.title,
        el('a', '', { href: './replay.html' }, 'Replays'),
      ),
      this.stage.root,
      el(
        'aside', '', {},
        el('section', '', {}, el('h2', '', {}, 'Paint'), el('div', 'palette', { role: 'group', 'aria-label': 'What is painted' }, ...this.kinds)),
        el(
          'section', '', {}, el('h2', '', {}, 'Tool'), el('div', 'row', { role: 'group', 'aria-label': 'Tool' }, ...this.tools),
          line('Both halves', select<Symmetry>('Both halves', [['none', 'no'], ['mirror', 'mirrored'], ['turn', 'turned']], (symmetry) => (this.model.symmetry = symmetry))),
          line('Walls', select<'0' | '1'>('Walls', [['0', 'one a cell'], ['1', 'runs of 5 cells']], (reading) => {
            this.reading = reading === '1' ? 1 : 0;
            this.version = -1;
          })),
        ),
        el('section', '', {}, el('h2', '', {}, 'Show'), select('Show', OVERLAYS, (overlay) => (this.overlay = overlay)), ' ', sounds),
        el('section', '', {}, el('h2', '', {}, 'Checks'), this.problems),
        el('section', '', {}, el('h2', '', {}, 'Map'), this.facts),
        el(
          'section', '', {}, el('h2', '', {}, 'Match against bots'), line('Bots', this.bots), line('Skill', this.skill),
          line('Team', select<Team>('Team', [['red', 'red'], ['blue', 'blue']], (team) => (this.team = team))),
        ),
      ),
    );
    this.stage.clear();
    this.listen();
    this.load(() => this.engine.loadBuiltin('yard', this.reading), 'yard');
    requestAnimationFrame((now) => this.frame(now));
  }

  private listen(): void {
    const { canvas } = this.stage;
    canvas.style.touchAction = 'none';
    canvas.addEventListener('pointerdown', (event) => {
      if (this.practice.on) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      const { col, row } = this.cell(event);
      // The other button takes away.
      const kind = event.button === 2 ? 0 : this.kind;
      this.model.begin();
      if (this.tool === 'fill') {
        this.model.fill(col, row, kind);
        this.model.end();
        return;
      }
      this.stroke = { col, row, lastCol: col, lastRow: row, kind };
      this.model.line(col, row, col, row, kind);
    });
    canvas.addEventListener('pointermove', (event) => {
      this.pointer = this.stage.at(event);
      const { stroke } = this;
      if (!stroke) return;
      const { col, row } = this.cell(event);
      if (this.tool === 'rectangle') this.model.rectangle(stroke.col, stroke.row, col, row, stroke.kind);
      else this.model.line(stroke.lastCol, stroke.lastRow, col, row, stroke.kind);
      [stroke.lastCol, stroke.lastRow] = [col, row];
    });
    const end = (): void => {
      if (!this.stroke) return;
      this.stroke = null;
      this.model.end();
    };
    canvas.addEventListener('pointerup', end);
    canvas.addEventListener('pointercancel', end);
    canvas.addEventListener('pointerleave', () => (this.pointer = null));
    window.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.practice.on) this.togglePlay();
      if (this.practice.on || event.target instanceof HTMLSelectElement) return;
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key.toLowerCase() === 'z') this.history(event, event.shiftKey ? 'redo' : 'undo');
      else if (control && event.key.toLowerCase() === 'y') this.history(event, 'redo');
      else if (!control && /^[1-8]$/.test(event.key)) this.choose(Number(event.key) - 1);
    });
  }

  private begin(): void {
    if (this.practice.on) this.togglePlay();
    this.model.replace(new Uint8Array(this.model.cells.length));
    this.name = 'map';
    this.tell('A new map', false);
  }

  private history(event: KeyboardEvent, what: 'undo' | 'redo'): void {
    event.preventDefault();
    this.stroke = null;
    this.model[what]();
  }

  private cell(event: MouseEvent): { col: number; row: number } {
    const { x, y } = this.stage.at(event);
    return { col: Math.floor(x / CELL), row: Math.floor(y / CELL) };
  }

  private choose(kind: number): void {
    this.kind = kind;
    this.kinds.forEach((choice, at) => choice.setAttribute('aria-pressed', String(at === kind)));
  }

  private take(tool: Tool): void {
    this.tool = tool;
    this.tools.forEach((choice) => choice.setAttribute('aria-pressed', String(choice.textContent?.toLowerCase() === tool)));
  }

  private async openFile(file: File): Promise<void> {
    try {
      const bytes = await readFile(file);
      this.load(() => this.engine.loadPng(bytes, this.reading), file.name.replace(/\.png$/i, ''));
    } catch (error) {
      this.tell(`${file.name}: ${message(error)}`, true);
    }
  }

  /** Replaces the map by what is read; what can't be read changes nothing. */
  private load(read: () => MapInfo, name: string): void {
    if (this.practice.on) this.togglePlay();
    try {
      const info = read();
      this.model.replace(info.cells ?? []);
      this.name = name;
      this.tell(info.warnings.length > 0 ? `${name}: ${info.warnings.join('; ')}` : name, false);
    } catch (error) {
      this.tell(`${name}: ${message(error)}`, true);
    }
    this.version = -1;
  }

  private tell(text: string, bad: boolean): void {
    setText(this.title, text);
    this.title.title = text;
    this.title.className = bad ? 'grow bad' : 'grow';
  }

  private save(): void {
    try {
      const url = URL.createObjectURL(new Blob([this.engine.pngOfCells(this.model.cells)], { type: 'image/png' }));
      el('a', '', { href: url, download: `${this.name}.png` }).click();
      // The download has begun by then.
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (error) {
      this.tell(message(error), true);
    }
  }

  private togglePlay(): void {
    if (this.practice.on) {
      this.practice.end();
      this.tell(this.name, false);
    } else {
      try {
        this.model.end();
        this.rebuild();
        if (!this.info) throw new Error('the map can\u2019t be played as it is; see the checks');
        this.practice.begin(Number(this.bots.value), Number(this.skill.value) / 100, this.team);
        this.tell('WASD moves, Shift runs, C sneaks, the pointer aims, its buttons fire and aim down sights, R reloads; Escape ends it', false);
      } catch (error) {
        this.tell(message(error), true);
      }
    }
    this.version = -1;
    setText(this.play, this.practice.on ? 'Stop' : 'Play');
    this.play.setAttribute('aria-pressed', String(this.practice.on));
    this.play.blur();
  }

  private frame(now: number): void {
    requestAnimationFrame((next) => this.frame(next));
    const passed = Math.min(250, now - this.lastMs);
    this.lastMs = now;
    try {
      if (this.practice.on) {
        this.practice.update(passed, now);
        return;
      }
      if (this.version !== this.model.version) {
        this.rebuild();
        this.changedAt = now;
      }
      if (this.checked !== this.version && now - this.changedAt > CHECK_AFTER_MS && !this.model.painting) this.check();
      this.draw();
    } catch (error) {
      if (this.practice.on) this.togglePlay();
      this.tell(message(error), true);
    }
    this.undo.disabled = !this.model.canUndo;
    this.redo.disabled = !this.model.canRedo;
  }

  /** What the engine makes of the cells. A map that can't be played is drawn by its cells alone, and the check says why. */
  private rebuild(): void {
    this.version = this.model.version;
    this.checks = null;
    try {
      this.info = this.engine.loadCells(this.model.cells, this.reading);
      this.field.terrain.build(this.engine.mapSlices(), this.about.materials);
    } catch (error) {
      this.info = null;
      this.problems.replaceChildren(el('li', 'bad', {}, message(error)));
      this.checked = this.version;
      // The walls are drawn all the same: without spawns they can be read.
      const walls = this.model.cells.map((kind) => (['red', 'blue'].includes(this.about.cells[kind]!.name) ? 0 : kind));
      this.engine.loadCells(walls, this.reading);
      this.field.terrain.build(this.engine.mapSlices(), this.about.materials);
    }
  }

  private check(): void {
    this.checked = this.version;
    if (!this.info) return;
    const checks = this.engine.mapChecks();
    this.checks = checks;
    this.pointed = [];
    const rows = checks.problems.map(({ text, at }) => {
      const row = button(text, () => {});
      const point = (): void => {
        this.pointed = at;
      };
      const leave = (): void => {
        this.pointed = [];
      };
      row.addEventListener('pointerenter', point);
      row.addEventListener('pointerleave', leave);
      row.addEventListener('focus', point);
      row.addEventListener('blur', leave);
      return el('li', '', {}, row);
    });
    this.problems.replaceChildren(...(rows.length > 0 ? rows : [el('li', 'good', {}, 'Nothing to complain of.')]));
    const { info } = this;
    const px = (way: number | null): string => (way === null ? 'no way' : `${Math.round(way)} px`);
    const nearest = (team: Team): string => {
      const ways = checks.spawns.flatMap((spawn) => (spawn.team === team && spawn.way !== null ? [spawn.way] : []));
      return ways.length > 0 ? `${Math.round(Math.min(...ways))} to ${Math.round(Math.max(...ways))} px` : 'no way';
    };
    const { red, blue, equal } = checks.first;
    const share = (count: number): string => `${Math.round((100 * count) / Math.max(1, red + blue + equal))}%`;
    const facts: readonly (readonly [string, string])[] = [
      ['Hash', info.hash], ['Walls', `${info.walls}, ${info.slices} slices`],
      ['Materials', info.materials.filter(({ walls }) => walls > 0).map(({ name, walls }) => `${walls} ${name}`).join(', ') || 'none'],
      ['Spawns', `${info.spawns.filter(({ team }) => team === 'red').length} red, ${info.spawns.filter(({ team }) => team === 'blue').length} blue`],
      ['To the enemy', nearest('red')], ['To the middle', `red ${px(checks.toCentre.red)}, blue ${px(checks.toCentre.blue)}`],
      ['First there', `red ${share(red)}, blue ${share(blue)}, both ${share(equal)}`],
    ];
    this.facts.replaceChildren(...facts.flatMap(([term, value]) => [el('dt', '', {}, term), el('dd', '', {}, value)]));
  }

  private draw(): void {
    const to = this.stage.context;
    this.field.terrain.draw(to);
    this.drawOverlay(to);
    for (let cell = 0; cell < this.model.cells.length; cell += 1) {
      const name = this.about.cells[this.model.cells[cell]!]!.name;
      const [x, y] = [(cell % COLS) * CELL + CELL / 2, Math.floor(cell / COLS) * CELL + CELL / 2];
      if (name === 'red' || name === 'blue') this.spawn(to, x, y, name);
      else if (name === 'light') {
        to.fillStyle = css(PALETTE.accent);
        to.beginPath();
        to.arc(x, y, 2.5, 0, 2 * Math.PI);
        to.fill();
      }
    }
    to.strokeStyle = css(PALETTE.bad);
    to.lineWidth = 1.5;
    to.beginPath();
    this.pointed.forEach(([x, y], i) => (i === 0 ? to.moveTo(x, y) : to.lineTo(x, y)));
    to.stroke();
    for (const [x, y] of this.pointed) {
      to.beginPath();
      to.arc(x, y, 9, 0, 2 * Math.PI);
      to.stroke();
    }
    if (!this.pointer) return;
    const [col, row] = [Math.floor(this.pointer.x / CELL), Math.floor(this.pointer.y / CELL)];
    to.strokeStyle = css(PALETTE.text);
    to.lineWidth = 1;
    to.strokeRect(col * CELL + 0.5, row * CELL + 0.5, CELL - 1, CELL - 1);
  }

  private spawn(to: CanvasRenderingContext2D, x: number, y: number, team: Team): void {
    to.fillStyle = css(TEAM_COLOURS[team].dark, 0.85);
    to.strokeStyle = css(TEAM_COLOURS[team].light);
    to.lineWidth = 1;
    to.beginPath();
    to.arc(x, y, 4.5, 0, 2 * Math.PI);
    to.fill();
    to.stroke();
  }

  private drawOverlay(to: CanvasRenderingContext2D): void {
    const { overlay, pointer, checks } = this;
    if (overlay === 'sight' && pointer) {
      const seen = this.engine.mapSight(...this.within(pointer));
      drawCells(to, (cell) => 1 - seen[cell]!, PALETTE.fog);
      drawCells(to, (cell) => seen[cell]!, PALETTE.accent, 0.22);
    } else if (overlay === 'sound' && pointer) {
      const gain = this.engine.mapSound(this.soundKind, ...this.within(pointer));
      // Loudness is felt by ratios: the faintest that counts is a hundredth.
      drawCells(to, (cell) => (gain[cell]! > 0.01 ? 1 + Math.log10(gain[cell]!) / 2 : 0), PALETTE.good, 0.65);
    } else if ((overlay === 'red' || overlay === 'blue') && checks) {
      const ways = checks.ways[overlay];
      drawCells(to, (cell) => {
        const way = ways[cell] ?? null;
        return way === null ? 0 : Math.max(0.04, 1 - way / FARTHEST);
      }, TEAM_COLOURS[overlay].base, 0.7);
    } else if (overlay === 'first' && checks) {
      const { red, blue } = checks.ways;
      const ahead = (a: readonly (number | null)[], b: readonly (number | null)[]) => (cell: number): number =>
        (a[cell] ?? Infinity) < (b[cell] ?? Infinity) ? 1 : 0;
      drawCells(to, ahead(red, blue), TEAM_COLOURS.red.base, 0.4);
      drawCells(to, ahead(blue, red), TEAM_COLOURS.blue.base, 0.4);
    }
  }

  private within({ x, y }: { x: number; y: number }): [number, number] {
    return [Math.max(0, Math.min(480, x)), Math.max(0, Math.min(270, y))];
  }
}

void preparePage().then(async (root) => {
  try {
    new EditorPage(root, await fetchEngine());
  } catch (error) {
    root.append(el('p', 'message bad', { role: 'alert' }, `The map editor can't run here: ${message(error)}`));
  }
});
