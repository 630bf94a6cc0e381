/** A match drawn from the engine's frames on a plain canvas of 480 x 270, with the game's own painters. */
import { CLOSE_SIGHT, DEFAULT_FOG_OPACITY, FIELD_HEIGHT, FIELD_WIDTH, SLICES_PER_WALL, weaponLook, type Material, type Team } from '../core/rules';
import { CELL, CELLS, COLS, SLICE_FIELDS, type Frame, type FrameEvent, type PlayerFrame } from '../engine/engine';
import { damageState, type DamageState, type Wall } from '../model/walls';
import { paintFloor } from '../render/floorPainter';
import { css, PALETTE, TEAM_COLOURS } from '../render/palette';
import { CORPSE_DIRECTIONS, corpseSheet, playerSheet } from '../render/textures';
import { WallPainter, type Region } from '../render/wallPainter';
import type { Sheets } from './sheets';

const WHOLE: Region = { x0: 0, y0: 0, x1: FIELD_WIDTH, y1: FIELD_HEIGHT };
/** Slices changed at once beyond which painting everything is cheaper. */
const REPAINT_ALL = 60;
/** Ticks that a tracer is seen, and a blast and the mark of a death. */
const TRACER_TICKS = 5;
const BLAST_TICKS = 18;
const DEATH_TICKS = 90;
const MOST_MARKS = 128;

function canvas(): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = FIELD_WIDTH;
  element.height = FIELD_HEIGHT;
  return element.getContext('2d', { willReadFrequently: false })!;
}

/** Floor and walls, painted when they change. */
export class Terrain {
  private readonly painter = new WallPainter();
  private readonly floor = canvas();
  private readonly surface = canvas();
  private readonly mask = canvas();
  private walls: Wall[] = [];
  private readonly full: number[] = [];
  private states: DamageState[] = [];
  private readonly region: Region = { ...WHOLE };

  constructor() {
    const image = this.floor.createImageData(FIELD_WIDTH, FIELD_HEIGHT);
    paintFloor(image.data);
    this.floor.putImageData(image, 0, 0);
  }

  /** Opaque where something stands. */
  get standing(): HTMLCanvasElement {
    return this.mask.canvas;
  }

  /** @param slices as `Engine.mapSlices` gives them @param materials as `Engine.about` names them */
  build(slices: Float32Array, materials: readonly Material[]): void {
    const walls: Wall[] = [];
    this.full.length = 0;
    for (let first = 0; first + SLICES_PER_WALL * SLICE_FIELDS <= slices.length; first += SLICES_PER_WALL * SLICE_FIELDS) {
      const last = first + (SLICES_PER_WALL - 1) * SLICE_FIELDS;
      const [x, y, x1, y1] = [slices[first]!, slices[first + 1]!, slices[last + 2]!, slices[last + 3]!];
      const health = new Float32Array(SLICES_PER_WALL);
      for (let slice = 0; slice < SLICES_PER_WALL; slice += 1) {
        const at = first + slice * SLICE_FIELDS;
        health[slice] = slices[at + 6]! * slices[at + 5]!;
        this.full.push(slices[at + 5]!);
      }
      walls.push({
        id: String(walls.length), x, y, width: x1 - x, height: y1 - y,
        cutAlongY: slices[last + 1]! > slices[first + 1]!,
        material: materials[slices[first + 4]!] ?? 'concrete', maxHealth: slices[first + 5]!, health, broken: 0,
      });
    }
    this.walls = walls;
    this.states = walls.flatMap((wall) => [...wall.health].map((health) => damageState(health / wall.maxHealth)));
    this.repaint();
  }

  /** @param health of each slice, 1/64 points */
  update(health: Uint16Array): void {
    const changed: number[] = [];
    for (let slice = 0; slice < this.states.length && slice < health.length; slice += 1) {
      const wall = this.walls[Math.floor(slice / SLICES_PER_WALL)]!;
      const at = slice % SLICES_PER_WALL;
      const after = damageState(health[slice]! / wall.maxHealth);
      wall.health[at] = health[slice]!;
      if (after === this.states[slice]) continue;
      if (after === 'destroyed') wall.broken |= 1 << at;
      else wall.broken &= ~(1 << at);
      this.states[slice] = after;
      changed.push(slice);
    }
    if (changed.length > REPAINT_ALL) {
      this.repaint();
      return;
    }
    for (const slice of changed) {
      const wall = this.walls[Math.floor(slice / SLICES_PER_WALL)]!;
      this.paint(this.painter.restamp(wall, slice % SLICES_PER_WALL, this.walls, this.region));
    }
  }

  draw(to: CanvasRenderingContext2D): void {
    to.drawImage(this.floor.canvas, 0, 0);
    to.drawImage(this.surface.canvas, 0, 0);
  }

  /** px from a place along a unit vector to the first standing pixel. */
  reach(x: number, y: number, direction: number, range: number): number {
    return this.painter.reach(x, y, direction, range);
  }

  private repaint(): void {
    this.painter.rebuild(this.walls);
    this.paint(WHOLE);
  }

  private paint({ x0, y0, x1, y1 }: Region): void {
    if (x1 <= x0 || y1 <= y0) return;
    const region = { x0, y0, x1, y1 };
    const image = this.surface.createImageData(x1 - x0, y1 - y0);
    this.painter.paint(region, image.data);
    this.surface.putImageData(image, x0, y0);
    this.painter.paintMask(region, image.data);
    this.mask.putImageData(image, x0, y0);
  }
}

type Shot = { x0: number; y0: number; x1: number; y1: number; tick: number };
type Ring = { x: number; y: number; radius: number; tick: number };
type Death = { x: number; y: number; team: Team; turn: number; tick: number };

/** What is drawn of events for a while after them. Bounded: of more than MOST_MARKS the oldest go. */
class Marks {
  readonly shots: Shot[] = [];
  readonly blasts: Ring[] = [];
  readonly deaths: Death[] = [];

  clear(): void {
    for (const list of [this.shots, this.blasts, this.deaths]) list.length = 0;
  }

  /** @param sees whether a place is in view */
  take(events: readonly FrameEvent[], players: readonly PlayerFrame[], sees: (x: number, y: number) => boolean): void {
    const muzzles = new Map<number, readonly [number, number]>();
    for (const [name, tick, actor, target, weapon, x, y, , , , , , aux] of events) {
      if (name === 'Fired') muzzles.set(actor, [x, y]);
      else if (name === 'HitPlayer' || name === 'HitWall' || name === 'Miss') {
        const from = muzzles.get(actor) ?? this.placeOf(players, actor);
        if (from && (sees(...from) || sees(x, y))) this.shots.push({ x0: from[0], y0: from[1], x1: x, y1: y, tick });
      } else if (name === 'Exploded' && weapon !== 'smokegrenade') this.blasts.push({ x, y, radius: aux, tick });
      else if (name === 'Died' && sees(x, y)) {
        const team = players.find(({ slot }) => slot === target)?.team ?? 'red';
        this.deaths.push({ x, y, team, turn: (target * 2.4) % 6.28, tick });
      }
    }
    for (const list of [this.shots, this.blasts, this.deaths]) if (list.length > MOST_MARKS) list.splice(0, list.length - MOST_MARKS);
  }

  prune(tick: number): void {
    const fresh = (list: { tick: number }[], ticks: number): void => {
      for (let i = list.length - 1; i >= 0; i -= 1) if (tick - list[i]!.tick > ticks || tick < list[i]!.tick) list.splice(i, 1);
    };
    fresh(this.shots, TRACER_TICKS);
    fresh(this.blasts, BLAST_TICKS);
    fresh(this.deaths, DEATH_TICKS);
  }

  private placeOf(players: readonly PlayerFrame[], slot: number): readonly [number, number] | null {
    const player = players.find((other) => other.slot === slot);
    return player?.x === undefined ? null : [player.x, player.y!];
  }
}

export interface View {
  readonly frame: Frame;
  /** Whose fog is drawn; null: none. */
  readonly viewer: number | null;
  /** Corners of the viewer's sight. */
  readonly polygon: Float32Array | null;
  /** With all in view: the sights of all, faintly. */
  readonly sights: readonly { readonly team: Team; readonly polygon: Float32Array }[];
  readonly names: ReadonlyMap<number, string>;
}

export class Field {
  readonly terrain = new Terrain();
  private readonly marks = new Marks();
  private readonly fog = canvas();
  private readonly light = canvas();

  constructor(
    private readonly to: CanvasRenderingContext2D,
    private readonly sheets: Sheets,
  ) {
    to.imageSmoothingEnabled = false;
  }

  forget(): void {
    this.marks.clear();
  }

  draw({ frame, viewer, polygon, sights, names }: View): void {
    const { to, marks } = this;
    const own = frame.players.find(({ slot }) => slot === viewer);
    const sees = (x: number, y: number): boolean =>
      viewer === null || (polygon !== null && inside(polygon, x, y)) || (own?.x !== undefined && Math.hypot(own.x - x, own.y! - y) < CLOSE_SIGHT);
    marks.take(frame.events, frame.players, sees);
    marks.prune(frame.tick);
    this.terrain.draw(to);
    for (const death of marks.deaths) this.sheets.draw(to, corpseSheet(death.team), death.x, death.y, death.turn, CORPSE_DIRECTIONS);
    for (const { team, polygon: corners } of sights) {
      if (corners.length < 6) continue;
      to.fillStyle = css(TEAM_COLOURS[team].light, 0.1);
      trace(to, corners);
      to.fill();
    }
    if (viewer === null) this.drawSeen(frame);
    for (const player of frame.players) this.player(player, player.slot === viewer);
    for (const [weapon, x, y] of frame.projectiles) {
      to.fillStyle = css(PALETTE.ink);
      to.fillRect(Math.round(x) - 2, Math.round(y) - 2, 4, 4);
      to.fillStyle = css(weapon === 'smokegrenade' ? PALETTE.smoke : PALETTE.accent);
      to.fillRect(Math.round(x) - 1, Math.round(y) - 1, 2, 2);
    }
    to.lineWidth = 1;
    for (const shot of marks.shots) {
      to.strokeStyle = css(PALETTE.tracer, 1 - (frame.tick - shot.tick) / (TRACER_TICKS + 1));
      to.beginPath();
      to.moveTo(shot.x0, shot.y0);
      to.lineTo(shot.x1, shot.y1);
      to.stroke();
    }
    for (const blast of marks.blasts) {
      const age = (frame.tick - blast.tick) / BLAST_TICKS;
      to.fillStyle = css(PALETTE.fire, 0.5 * (1 - age));
      to.beginPath();
      to.arc(blast.x, blast.y, blast.radius * Math.min(1, 0.4 + age), 0, 2 * Math.PI);
      to.fill();
    }
    for (const [x, y, radius, density] of frame.clouds) {
      const cloud = to.createRadialGradient(x, y, 0, x, y, radius);
      cloud.addColorStop(0, css(PALETTE.smoke, 0.9 * density));
      cloud.addColorStop(0.7, css(PALETTE.smoke, 0.75 * density));
      cloud.addColorStop(1, css(PALETTE.smoke, 0));
      to.fillStyle = cloud;
      to.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    if (viewer !== null) this.drawFog(own, polygon);
    for (const player of frame.players) this.tag(player, names.get(player.slot) ?? `Player ${player.slot + 1}`, player.slot === viewer);
  }

  /** A line from each player to each enemy in sight, brighter at the eye. */
  private drawSeen(frame: Frame): void {
    const { to } = this;
    for (const eye of frame.players) {
      for (const seen of frame.players) {
        if (eye.team === seen.team || eye.x === undefined || seen.x === undefined || ((frame.sees[eye.slot]! >> seen.slot) & 1) === 0) continue;
        const line = to.createLinearGradient(eye.x, eye.y!, seen.x, seen.y!);
        line.addColorStop(0, css(TEAM_COLOURS[eye.team].light, 0.9));
        line.addColorStop(1, css(TEAM_COLOURS[eye.team].light, 0.25));
        to.strokeStyle = line;
        to.lineWidth = 1;
        to.beginPath();
        to.moveTo(eye.x, eye.y!);
        to.lineTo(seen.x, seen.y!);
        to.stroke();
      }
    }
  }

  private player(player: PlayerFrame, own: boolean): void {
    if (!player.alive || player.x === undefined) return;
    const { to, sheets } = this;
    const turn = Math.atan2(player.fy!, player.fx!);
    sheets.draw(to, 'body-shadow', player.x + 1, player.y! + 1);
    if (own) sheets.draw(to, 'own-ring', player.x, player.y!);
    sheets.draw(to, playerSheet(player.team, weaponLook(player.weapon ?? 'rifle').hand), player.x, player.y!, turn);
  }

  private tag(player: PlayerFrame, name: string, own: boolean): void {
    if (!player.alive || player.x === undefined) return;
    const { to } = this;
    const [x, y] = [Math.round(player.x), Math.round(player.y!)];
    const share = Math.max(0, Math.min(1, player.health! / 100));
    to.fillStyle = css(PALETTE.ink, 0.8);
    to.fillRect(x - 8, y - 13, 16, 3);
    to.fillStyle = css(share < 0.35 ? PALETTE.bad : TEAM_COLOURS[player.team].light);
    to.fillRect(x - 7, y - 12, Math.round(14 * share), 1);
    to.font = "10px 'Trespasser Pixel', monospace";
    to.textAlign = 'center';
    to.fillStyle = css(PALETTE.ink, 0.8);
    to.fillText(name, x + 0.5, y - 14.5);
    to.fillStyle = css(own ? PALETTE.accent : PALETTE.text);
    to.fillText(name, x, y - 15);
  }

  /** Dark but for the sight; walls that it touches are lit to their outlines. */
  private drawFog(own: PlayerFrame | undefined, polygon: Float32Array | null): void {
    const { fog, light } = this;
    light.globalCompositeOperation = 'source-over';
    light.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    light.fillStyle = '#fff';
    light.strokeStyle = '#fff';
    if (polygon && polygon.length >= 6) {
      light.lineWidth = 12;
      light.lineJoin = 'round';
      trace(light, polygon);
      light.stroke();
      light.globalCompositeOperation = 'destination-in';
      light.drawImage(this.terrain.standing, 0, 0);
      light.globalCompositeOperation = 'source-over';
      trace(light, polygon);
      light.fill();
    }
    if (own?.alive && own.x !== undefined) {
      light.beginPath();
      light.arc(own.x, own.y!, CLOSE_SIGHT, 0, 2 * Math.PI);
      light.fill();
    }
    fog.globalCompositeOperation = 'source-over';
    fog.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    fog.fillStyle = css(PALETTE.fog, DEFAULT_FOG_OPACITY);
    fog.fillRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    fog.globalCompositeOperation = 'destination-out';
    fog.drawImage(light.canvas, 0, 0);
    this.to.drawImage(fog.canvas, 0, 0);
  }
}

/** Values of the grid's cells as a tint; those at 0 are left clear. */
export function drawCells(to: CanvasRenderingContext2D, value: (cell: number) => number, colour: number, strongest = 0.7): void {
  for (let cell = 0; cell < CELLS; cell += 1) {
    const share = value(cell);
    if (!(share > 0)) continue;
    to.fillStyle = css(colour, Math.min(1, share) * strongest);
    to.fillRect((cell % COLS) * CELL, Math.floor(cell / COLS) * CELL, CELL, CELL);
  }
}

function trace(to: CanvasRenderingContext2D, corners: Float32Array): void {
  to.beginPath();
  for (let i = 0; i + 1 < corners.length; i += 2) to.lineTo(corners[i]!, corners[i + 1]!);
  to.closePath();
}

/** By the number of edges crossed on the way to the left. */
function inside(corners: Float32Array, x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [corners[i]!, corners[i + 1]!, corners[j]!, corners[j + 1]!];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}
