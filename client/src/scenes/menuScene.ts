import type { WallState } from '../net/protocol';
import { SLICES_PER_WALL, type Material } from '../core/rules';
import { WallSet } from '../model/walls';
import { FogLayer } from '../render/fogLayer';
import { TerrainLayer } from '../render/terrainLayer';
import { LoadoutView } from '../ui/loadout';
import { MenuView } from '../ui/menu';
import { BaseScene } from './baseScene';
import { saveWish } from '../wishStore';

/** x, y of the top left; length and direction in px; slices missing as bits. For looks only. */
const BACKDROP: readonly (readonly [number, number, 'across' | 'down', Material, number])[] = [
  [0, 0, 'across', 'concrete', 0],
  [50, 0, 'across', 'concrete', 0],
  [30, 60, 'across', 'wood', 0b00100],
  [80, 60, 'down', 'wood', 0b01000],
  [20, 150, 'across', 'glass', 0b00010],
  [90, 190, 'down', 'metal', 0],
  [40, 230, 'across', 'concrete', 0b11000],
  [360, 40, 'across', 'metal', 0],
  [410, 40, 'down', 'concrete', 0b00110],
  [350, 130, 'across', 'wood', 0b00001],
  [430, 150, 'down', 'glass', 0b00100],
  [370, 210, 'across', 'concrete', 0b00100],
  [430, 0, 'across', 'concrete', 0],
];
/** Radians a second. */
const SWEEP = 0.35;
/** px */
const SIGHT = 210;

export class MenuScene extends BaseScene {
  private terrain: TerrainLayer | null = null;
  private fog: FogLayer | null = null;
  private loadout: LoadoutView | null = null;

  constructor() {
    super('menu');
  }

  protected override begin(data: unknown): void {
    const { services } = this;
    services.link.close();
    const notice = typeof data === 'object' && data !== null && 'notice' in data ? String(data.notice) : '';
    const walls = new WallSet();
    this.terrain = new TerrainLayer(this, walls);
    walls.replace(BACKDROP.map(backdropWall));
    this.fog = new FogLayer(this, this.terrain.mask);
    const menu = new MenuView(
      services.ui,
      services.wish,
      notice,
      services.settings,
      ({ name, team }) => {
        services.wish.name = name;
        services.wish.team = team;
        saveWish(services.wish);
        menu.cover(true);
        this.loadout = new LoadoutView(
          services.ui,
          services.wish.loadout,
          { confirm: 'Enter match', cancel: 'Back', hint: '' },
          {
            onConfirm: (loadout) => {
              services.wish.loadout = loadout;
              saveWish(services.wish);
              this.scene.start('match');
            },
            onCancel: () => {
              this.closeLoadout();
              menu.cover(false);
            },
          },
        );
      },
      this.disposer,
    );
  }

  override update(time: number): void {
    this.terrain?.update();
    this.fog?.update(this.cone((time / 1000) * SWEEP), 0.72, time);
  }

  protected override end(): void {
    this.closeLoadout();
    this.terrain?.destroy();
    this.fog?.destroy();
    this.terrain = null;
    this.fog = null;
  }

  private closeLoadout(): void {
    this.loadout?.close();
    this.loadout = null;
  }

  /** A cone that sweeps round from the middle; a few dozen rays are enough for a backdrop. */
  private cone(direction: number): Float32Array {
    const rays = 72;
    const polygon = new Float32Array((rays + 1) * 2);
    polygon[0] = 240;
    polygon[1] = 135;
    for (let i = 0; i < rays; i += 1) {
      const angle = direction + (i / (rays - 1) - 0.5) * ((Math.PI * 2) / 3);
      const reach = this.terrain?.painter.reach(240, 135, angle, SIGHT) ?? SIGHT;
      polygon[i * 2 + 2] = 240 + Math.cos(angle) * reach;
      polygon[i * 2 + 3] = 135 + Math.sin(angle) * reach;
    }
    return polygon;
  }
}

function backdropWall([x, y, way, material, missing]: (typeof BACKDROP)[number], index: number): WallState {
  const sliceHealth: number[] = [];
  for (let i = 0; i < SLICES_PER_WALL; i += 1) sliceHealth.push(missing & (1 << i) ? 0 : 100 - ((index * 37 + i * 53) % 70));
  return {
    id: `backdrop_${index}`,
    x,
    y,
    width: way === 'across' ? 50 : 10,
    height: way === 'across' ? 10 : 50,
    cutAlongY: way === 'down',
    material,
    maxHealth: 100,
    sliceHealth,
  };
}
