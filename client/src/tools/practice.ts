/** The edited map, played at once in this page: the own player by keys and pointer, the rest bots. */
import type { Team } from '../core/rules';
import { BUTTON, type Engine, type PlayFrame } from '../engine/engine';
import { el, setShown, setText } from '../ui/dom';
import { Ears } from './ears';
import type { Field } from './field';
import type { Stage } from './page';

const KEYS: Readonly<Record<string, number>> = {
  KeyW: BUTTON.up, ArrowUp: BUTTON.up, KeyA: BUTTON.left, ArrowLeft: BUTTON.left, KeyS: BUTTON.down, ArrowDown: BUTTON.down,
  KeyD: BUTTON.right, ArrowRight: BUTTON.right, ShiftLeft: BUTTON.run, ShiftRight: BUTTON.run, KeyC: BUTTON.sneak,
  KeyR: BUTTON.reload, Digit1: BUTTON.slot1, Digit2: BUTTON.slot2,
};
const TICKS_A_SECOND = 60;
/** After a sleep of the page nobody is to be shot by what went on meanwhile. */
const MOST_AT_ONCE = 6;
/** Ticks between two asks for a respawn. */
const ASK_EVERY = 10;

export class Practice {
  private readonly ears: Ears;
  private readonly score = el('div', 'score');
  private readonly state = el('div', 'heard-list');
  private held = 0;
  private taps = 0;
  private mouse = { x: 240, y: 135 };
  private rest = 0;
  private running = false;
  private walls = '';
  private slot = 0;
  private frame: PlayFrame | null = null;
  private readonly names = new Map<number, string>();

  constructor(
    private readonly engine: Engine,
    stage: Stage,
    private readonly field: Field,
  ) {
    this.ears = new Ears();
    this.state.style.left = 'auto';
    this.state.style.right = '10px';
    stage.root.append(this.score, this.ears.root, this.state);
    for (const part of [this.score, this.ears.root, this.state]) setShown(part, false);
    window.addEventListener('keydown', (event) => this.key(event, true));
    window.addEventListener('keyup', (event) => this.key(event, false));
    window.addEventListener('blur', () => (this.held = 0));
    stage.canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    stage.canvas.addEventListener('pointermove', (event) => (this.mouse = stage.at(event)));
    stage.canvas.addEventListener('pointerdown', (event) => this.pointer(event, true));
    window.addEventListener('pointerup', (event) => this.pointer(event, false));
  }

  get on(): boolean {
    return this.running;
  }

  /** For tests: the last thing drawn. */
  get last(): PlayFrame | null {
    return this.frame;
  }

  /** @throws EngineError without a map */
  begin(bots: number, skill: number, team: Team): void {
    const { slot } = this.engine.beginPlay({
      bots, skill, seed: Math.floor(Math.random() * 2 ** 32), team, primary: 'rifle', secondary: 'pistol', support: ['grenade'],
    });
    this.slot = slot;
    this.names.clear();
    for (let other = 0; other < 8; other += 1) this.names.set(other, other === slot ? 'You' : `Bot ${other}`);
    this.held = 0;
    this.rest = 0;
    this.walls = '';
    this.running = true;
    this.field.forget();
    for (const part of [this.score, this.ears.root, this.state]) setShown(part, true);
  }

  end(): void {
    this.running = false;
    this.frame = null;
    this.ears.clear();
    for (const part of [this.score, this.ears.root, this.state]) setShown(part, false);
  }

  /** Once a frame. @param ms since the last */
  update(ms: number, now: number): void {
    if (!this.running) return;
    this.rest += (ms / 1000) * TICKS_A_SECOND;
    const ticks = Math.min(MOST_AT_ONCE, Math.floor(this.rest));
    this.rest = Math.min(1, this.rest - ticks);
    for (let tick = 0; tick < ticks; tick += 1) {
      const own = this.frame?.players.find(({ slot }) => slot === this.slot);
      if (own && !own.alive && (this.frame!.tick + tick) % ASK_EVERY === 0) this.taps |= BUTTON.respawn;
      this.engine.stepPlay(this.held, this.taps, this.mouse.x, this.mouse.y);
      this.taps = 0;
    }
    this.draw(now);
  }

  private draw(now: number): void {
    const frame = this.engine.playFrame(true);
    this.frame = frame;
    if (frame.walls !== this.walls) {
      this.field.terrain.update(this.engine.playWalls(this.slot));
      this.walls = frame.walls;
    }
    this.field.draw({ frame, viewer: this.slot, polygon: this.engine.playPolygon(this.slot), sights: [], names: this.names });
    this.ears.update(frame.sounds, true, now);
    this.score.replaceChildren(el('span', 'red', {}, String(frame.score[0])), ' : ', el('span', 'blue', {}, String(frame.score[1])));
    const own = frame.players.find(({ slot }) => slot === this.slot);
    const text = own?.alive
      ? `${Math.ceil(own.health ?? 0)} health, ${own.rounds ?? '-'} of ${own.reserve ?? '-'} rounds`
      : `Dead: back in ${Math.max(0, Math.ceil(((own?.respawn ?? 0) - frame.tick) / TICKS_A_SECOND))} s`;
    setText(this.state, frame.over ? `The match is over${frame.winner ? `: ${frame.winner} has won` : ''}` : text);
  }

  private key(event: KeyboardEvent, down: boolean): void {
    const bit = KEYS[event.code];
    if (!this.running || bit === undefined) return;
    event.preventDefault();
    if (down && !event.repeat) this.taps |= bit;
    this.held = down ? this.held | bit : this.held & ~bit;
  }

  private pointer(event: PointerEvent, down: boolean): void {
    if (!this.running) return;
    const bit = event.button === 2 ? BUTTON.aim : BUTTON.fire;
    if (down) this.taps |= bit;
    this.held = down ? this.held | bit : this.held & ~bit;
  }
}
