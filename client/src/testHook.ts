import type Phaser from 'phaser';
import type { AudioCounts } from './audio/gameAudio';
import { Disposer } from './core/disposer';
import type { FlashPhase } from './model/flash';
import { servicesOf } from './services';

/**
 * `window.trespasser`: for browser tests, which cannot look into a canvas. Read only; nothing of the game uses it,
 * and it tells nothing that the player's own screen does not.
 */
export interface TestHook {
  state(): TestState;
  /** Live subscriptions: the link's handlers and everything held by a Disposer. The same in the same scene. */
  listenerCount(): number;
  /** Handlers of the game's own emitters and of its scenes', and things on the scenes' lists. The same in the same scene. */
  gameCount(): number;
  /** Drawn since the page was loaded. */
  frames(): number;
}

export interface TestState {
  readonly scene: string;
  readonly connected: boolean;
  readonly playerId: string;
  /** Playfield px of the newest state; null while not in a match. */
  readonly position: { readonly x: number; readonly y: number } | null;
  /** Playfield px at which the own player is drawn. */
  readonly drawn: { readonly x: number; readonly y: number } | null;
  readonly team: string;
  readonly alive: boolean;
  readonly health: number;
  readonly weapon: string;
  /** Types, in the order of the keys. */
  readonly weapons: readonly string[];
  readonly ammo: number;
  readonly reserve: number;
  readonly score: { readonly red: number; readonly blue: number };
  readonly playersKnown: number;
  readonly playersSeen: number;
  readonly walls: number;
  readonly slicesDestroyed: number;
  /** Of those, the ones that were seen to break: drawn as rubble. */
  readonly slicesBroken: number;
  /** Types of what flies. */
  readonly projectiles: readonly string[];
  readonly smokeClouds: number;
  /** Of the own flash. */
  readonly flash: FlashPhase;
  /** 0 to 100 */
  readonly heat: number;
  readonly reloading: boolean;
  /** Dealt, as far as told. */
  readonly damage: number;
  /** Own shots shown when the trigger was pulled, and those of them that the server never told of. */
  readonly shotsShown: number;
  readonly shotsUnanswered: number;
  /** What sounds now. */
  readonly audio: AudioCounts;
  /** Of what was heard just now and not done by oneself, oldest first. */
  readonly heard: readonly string[];
  /** States taken in. */
  readonly states: number;
  /** The match comes by the binary protocol. */
  readonly wire: boolean;
  /** Messages that could not be read. */
  readonly malformed: number;
  readonly matchEnded: boolean;
  readonly fps: number;
  readonly renderer: 'canvas' | 'webgl';
}

declare global {
  interface Window {
    trespasser?: TestHook;
  }
}

export function installTestHook(game: Phaser.Game, canvasRenderer: number): void {
  const services = servicesOf(game);
  window.trespasser = {
    state() {
      const { link, match } = services;
      const now = performance.now();
      const own = match?.own ?? null;
      const body = own?.body ?? null;
      const weapon = match?.ownWeapon ?? null;
      let playersSeen = 0;
      let slicesDestroyed = 0;
      let slicesBroken = 0;
      for (const player of match?.players.values() ?? []) if (player.seen) playersSeen += 1;
      for (const wall of match?.walls.walls.values() ?? []) {
        for (let slice = 0; slice < wall.health.length; slice += 1) if (wall.health[slice]! <= 0) slicesDestroyed += 1;
        for (let bits = wall.broken; bits !== 0; bits &= bits - 1) slicesBroken += 1;
      }
      return {
        scene: game.scene.getScenes(true)[0]?.scene.key ?? '',
        connected: link.status === 'up',
        playerId: link.id,
        position: body ? { x: body.x, y: body.y } : null,
        drawn: match && body ? { x: match.ownFollower.x, y: match.ownFollower.y } : null,
        team: own?.team ?? '',
        alive: own?.alive ?? false,
        health: body?.health ?? 0,
        weapon: weapon?.type ?? '',
        weapons: (match?.ownWeapons ?? []).map(({ type }) => type),
        ammo: match?.ownAmmo ?? 0,
        reserve: weapon?.reserveAmmo ?? 0,
        score: { red: match?.score.red ?? 0, blue: match?.score.blue ?? 0 },
        playersKnown: match?.players.size ?? 0,
        playersSeen,
        walls: match?.walls.walls.size ?? 0,
        slicesDestroyed,
        slicesBroken,
        projectiles: [...(match?.projectiles.flying.values() ?? [])].map(({ type }) => type),
        smokeClouds: match?.smoke.clouds.size ?? 0,
        flash: match?.flash.at(now, { phase: 'none', glare: 0, blur: 0, vignette: 0 }).phase ?? 'none',
        heat: match?.heat.level(now) ?? 0,
        reloading: (match?.reload ?? null) !== null,
        damage: own?.damage ?? 0,
        shotsShown: match?.ownShots.shown ?? 0,
        shotsUnanswered: match?.ownShots.unanswered ?? 0,
        audio: services.audio.counts,
        heard: (match?.hearing.lines ?? []).map(({ text }) => text),
        states: match?.stateCount ?? 0,
        wire: link.play !== null,
        malformed: link.malformedCount,
        matchEnded: (match?.result ?? null) !== null,
        fps: game.loop.actualFps,
        renderer: game.renderer?.type === canvasRenderer ? 'canvas' : 'webgl',
      };
    },
    frames: () => game.loop.frame,
    listenerCount: () => services.link.listenerCount() + Disposer.liveCount(),
    gameCount() {
      const handlers = (emitter: Phaser.Events.EventEmitter): number => (
        emitter.eventNames().reduce((sum: number, name) => sum + emitter.listenerCount(name), 0)
      );
      let count = handlers(game.events) + handlers(game.scale) + handlers(game.textures) + handlers(game.registry.events);
      // The textures themselves, too.
      count += game.textures.getTextureKeys().length;
      for (const scene of game.scene.scenes) {
        count += handlers(scene.events) + scene.children.length;
      }
      return count;
    },
  };
}
