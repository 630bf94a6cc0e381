import { marketCrossings, writeMarket } from './arena';
import { GamePage, type Renderer } from './gamePage';
import { GameServer } from './gameServer';
import { Pilot, type Look } from './pilot';
import { Sapper } from './sapper';

/** What a scene must show to be called a full fight: each look at it is held against this. */
export interface Scene {
  /** Slices seen to break. */
  readonly broken: number;
  readonly players: number;
  /** Of the looks, in which there is smoke, 0 to 1. */
  readonly smoke: number;
}
export const SCENE: Scene = { broken: 500, players: 8, smoke: 0.9 };
/** s in which the fight must have broken that much. */
const BREAKING_S = 300;

/**
 * Eight who fight: six bots of the server, a sapper, and the page's own pilot, on a map that falls to pieces. All of it goes
 * over real sockets from a real server.
 */
export class Fight {
  private constructor(
    readonly server: GameServer,
    readonly game: GamePage,
    readonly pilot: Pilot,
    private readonly sapper: Sapper,
  ) {}

  static async begin(renderer: Renderer): Promise<Fight> {
    const server = await GameServer.start({ MAP: writeMarket(), BOTS: '7', KILL_TARGET: '1000', DEBUG_COMMANDS: 'on' });
    let game: GamePage | null = null;
    try {
      game = await GamePage.open(renderer);
      await game.enter(server.url, { ...(renderer === 'canvas' ? { renderer } : {}), name: 'Pilot', loadout: 'smg,pistol,grenade,smokegrenade' });
      const sapper = await Sapper.join(server.url);
      const pilot = new Pilot(game, marketCrossings());
      pilot.start();
      return new Fight(server, game, pilot, sapper);
    } catch (error) {
      await game?.close();
      await server.stop();
      throw error;
    }
  }

  /** Until the page shows as many broken slices as a full fight has. @param onWait with how many there are, once a second */
  async untilBroken(onWait: (broken: number) => void = () => {}, wanted: number = SCENE.broken): Promise<void> {
    const end = performance.now() + BREAKING_S * 1000;
    for (;;) {
      const broken = this.pilot.looks.at(-1)?.state.slicesBroken ?? 0;
      onWait(broken);
      if (broken >= wanted) return;
      if (performance.now() > end) throw new Error(`only ${broken} slices were seen to break in ${BREAKING_S} s; the fight needs ${wanted}`);
      if (this.game.complaints.length > 0) throw new Error(`the page complains: ${this.game.complaints.join('; ')}`);
      await new Promise((done) => setTimeout(done, 1000));
    }
  }

  async end(): Promise<void> {
    this.sapper.close();
    try {
      await this.pilot.stop();
    } finally {
      await this.game.close();
      await this.server.stop();
    }
  }
}

export interface SceneShown {
  readonly looks: number;
  /** Slices seen to break: the least of all looks. */
  readonly brokenLeast: number;
  /** Clouds of smoke: the median, and the share of the looks that have one. */
  readonly cloudsMedian: number;
  readonly cloudsShare: number;
  readonly playersMedian: number;
  readonly seenMedian: number;
  readonly statesASecond: number;
}

/** What was shown over some looks, and what of it is not what was promised; empty: it is. */
export function judgeScene(looks: readonly Look[], scene: Scene = SCENE): { shown: SceneShown; faults: string[] } {
  const of = (value: (look: Look) => number): number[] => looks.map(value).sort((a, b) => a - b);
  const median = (values: number[]): number => values[values.length >> 1] ?? 0;
  const clouds = of(({ state }) => state.smokeClouds);
  const [first, last] = [looks[0], looks.at(-1)];
  const seconds = first && last ? (last.at - first.at) / 1000 : 0;
  const shown: SceneShown = {
    looks: looks.length,
    brokenLeast: of(({ state }) => state.slicesBroken)[0] ?? 0,
    cloudsMedian: median(clouds),
    cloudsShare: clouds.filter((count) => count > 0).length / Math.max(1, clouds.length),
    playersMedian: median(of(({ state }) => state.playersKnown)),
    seenMedian: median(of(({ state }) => state.playersSeen)),
    statesASecond: seconds > 0 ? (last!.state.states - first!.state.states) / seconds : 0,
  };
  const faults: string[] = [];
  if (looks.length < 2) faults.push(`${looks.length} looks at the scene: too few`);
  if (shown.brokenLeast < scene.broken) faults.push(`${shown.brokenLeast} broken slices at one look; promised are ${scene.broken}`);
  if (shown.cloudsShare < scene.smoke) faults.push(`smoke in ${(100 * shown.cloudsShare).toFixed(0)} % of the looks; promised is ${100 * scene.smoke} %`);
  if (shown.playersMedian < scene.players) faults.push(`${shown.playersMedian} players; promised are ${scene.players}`);
  if (shown.statesASecond < 10) faults.push(`${shown.statesASecond.toFixed(1)} states a second: the match hardly ran`);
  if (looks.some(({ state }) => !state.wire)) faults.push('the match came by JSON, not by the binary protocol');
  return { shown, faults };
}
