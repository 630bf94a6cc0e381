import { INPUT_RATE, INTERPOLATION_DELAY_MS, weaponLook } from '../core/rules';
import { captureInput } from '../input/capture';
import { InputState } from '../input/keys';
import { Pacer } from '../input/pacer';
import { MatchModel } from '../model/match';
import { sliceRect } from '../model/walls';
import type { ShotFired, ShotHit, ShotMiss, SliceDamage } from '../net/protocol';
import { Session } from '../net/session';
import { DEPTH } from '../render/depths';
import { Effects } from '../render/effects';
import { FogLayer } from '../render/fogLayer';
import { PlayerLayer } from '../render/playerLayer';
import { TerrainLayer } from '../render/terrainLayer';
import { Hud, type Notice } from '../ui/hud';
import { BaseScene } from './baseScene';

/** px from a player's centre to the muzzle, where tracers and flashes begin. */
const MUZZLE = 12;
/** Local ms between two respawn requests. */
const RESPAWN_PACE = 250;
/** Local ms after death in which a click is still the last burst, not a wish. */
const RESPAWN_GRACE = 600;

interface Running {
  readonly match: MatchModel;
  readonly session: Session;
  readonly input: InputState;
  readonly pacer: Pacer;
  readonly terrain: TerrainLayer;
  readonly players: PlayerLayer;
  readonly effects: Effects;
  readonly fog: FogLayer;
  readonly hud: Hud;
  readonly crosshair: Phaser.GameObjects.Image;
  /** By player; where the shot that hits or misses next came from. */
  readonly shots: Map<string, ShotFired>;
}

/** From the search for a match to its end, and on into the lobby's next one. */
export class MatchScene extends BaseScene {
  private running: Running | null = null;
  private paused = false;
  private scoreboard = false;
  private respawnWish = false;
  private respawnAskedAt = 0;
  private diedAt = 0;
  private lastFrame = 0;
  private decalSeed = 1;

  constructor() {
    super('match');
  }

  protected override begin(): void {
    const { services } = this;
    this.paused = false;
    this.scoreboard = false;
    this.respawnWish = false;
    this.respawnAskedAt = 0;
    this.diedAt = 0;
    this.lastFrame = performance.now();
    const match = new MatchModel();
    services.match = match;
    const input = new InputState();
    const terrain = new TerrainLayer(this, match.walls);
    const running: Running = {
      match,
      input,
      session: new Session(services.link, services.wish, this.listen, this.onStatus),
      pacer: new Pacer(INPUT_RATE),
      terrain,
      players: new PlayerLayer(this, match),
      effects: new Effects(this),
      fog: new FogLayer(this, terrain.mask),
      hud: new Hud(services.ui, { onLeave: () => this.leave(''), onResume: () => this.setPaused(false) }, this.disposer),
      crosshair: this.add.image(0, 0, 'crosshair').setDepth(DEPTH.crosshair).setVisible(false),
      shots: new Map(),
    };
    this.running = running;
    captureInput(
      input,
      this.game.canvas,
      {
        isActive: () => !this.paused && match.result === null,
        onConfirm: () => this.wishRespawn(),
        onScoreboard: (shown) => {
          this.scoreboard = shown;
        },
        onEscape: () => this.setPaused(!this.paused),
      },
      this.disposer,
    );
    this.hear(running);
  }

  override update(): void {
    const { running } = this;
    if (!running) return;
    const now = performance.now();
    // Phaser's own delta is smoothed; the pacing of inputs needs the true one.
    const elapsedMs = now - this.lastFrame;
    this.lastFrame = now;
    const { match, session } = running;
    if (session.phase === 'failed') {
      this.leave(session.problem);
      return;
    }
    match.ownId = this.services.link.id;
    if (running.pacer.due(elapsedMs) && session.phase === 'playing' && match.stateCount > 0 && match.result === null) {
      this.services.link.send('player:input', running.input.sample(Date.now()));
    }
    this.askRespawn(running, now);
    match.pruneFeed(now);
    match.ownFollower.update(now);

    const { input, effects } = running;
    const { own } = match;
    const aim = Math.atan2(input.mouseY - match.ownFollower.y, input.mouseX - match.ownFollower.x);
    running.terrain.update();
    running.players.update(match.clock.at(now) - INTERPOLATION_DELAY_MS, now, aim);
    effects.showProjectiles(match.projectiles);
    effects.showSmoke(match.smoke);
    effects.update(now, elapsedMs, input.mouseX, input.mouseY);
    running.fog.update(match.visionPolygon, match.fogOpacity, now);
    running.hud.update(match, now, elapsedMs, this.scoreboard);
    running.hud.showNotice(this.paused || match.result ? null : this.noticeFor(running, now));

    const aiming = own?.alive === true && !this.paused && match.result === null;
    running.crosshair
      .setVisible(aiming)
      .setTexture(match.ownBody?.isADS ? 'crosshair-ads' : 'crosshair')
      .setPosition(Math.round(input.mouseX), Math.round(input.mouseY));
    if (document.body.classList.contains('aiming') !== aiming) document.body.classList.toggle('aiming', aiming);
  }

  protected override end(): void {
    const { running } = this;
    document.body.classList.remove('aiming');
    this.services.match = null;
    if (!running) return;
    this.running = null;
    running.session.stop();
    running.terrain.destroy();
    running.players.destroy();
    running.effects.destroy();
    running.fog.destroy();
  }

  private hear(running: Running): void {
    const { match, effects, hud, terrain, shots } = running;
    this.onStatus(() => {
      match.reset();
      terrain.clearDecals();
      running.input.clear();
    });
    this.listen('match_started', ({ killTarget }) => {
      if (killTarget > 0) match.killTarget = killTarget;
      terrain.clearDecals();
      this.beginAnew(running);
    });
    this.listen('match_starting', () => this.beginAnew(running));
    this.listen('lobby_state_update', ({ status }) => {
      if (status === 'waiting') this.beginAnew(running);
    });
    this.listen('match_ended', (result) => {
      match.result = result;
      running.input.clear();
      this.setPaused(false);
    });
    this.listen('game:state', (state) => {
      match.ownId = this.services.link.id;
      match.applyState(state, performance.now());
    });
    this.listen('player:left', ({ playerId }) => match.removePlayer(playerId));

    this.listen('weapon:fired', (shot) => {
      shots.set(shot.playerId, shot);
      match.shotFired(shot.playerId, shot.weaponType, shot.ammoRemaining);
      if (weaponLook(shot.weaponType).hand === 'thrown') return;
      const muzzle = this.muzzleOf(running, shot);
      effects.muzzle(muzzle.x, muzzle.y, performance.now());
    });
    this.listen('weapon:hit', (hit) => this.drawHit(running, hit));
    this.listen('weapon:miss', (miss) => this.drawMiss(running, miss));
    this.listen('weapon:reload', ({ playerId, weaponType, reloadTime }) =>
      match.reloadStarted(playerId, weaponType, reloadTime, performance.now()),
    );
    this.listen('weapon:reloaded', ({ playerId, weaponType, currentAmmo }) =>
      match.reloadEnded(playerId, weaponType, currentAmmo),
    );

    this.listen('wall:damaged', (damage) => match.walls.damage(damage));
    this.listen('wall:destroyed', (damage) => this.breakSlice(running, damage));
    this.listen('explosion:created', ({ position, radius }) => {
      effects.blast(position.x, position.y, radius, performance.now());
      terrain.scorch(position.x, position.y, Math.min(radius, 60), (this.decalSeed += 2));
    });

    this.listen('player:damaged', ({ playerId, sourcePlayerId, damage, position }) => {
      if (playerId === match.ownId) hud.flashHurt(damage);
      else if (sourcePlayerId === match.ownId) effects.confirmHit(performance.now());
      if (position) terrain.bleed(position.x, position.y, 2, (this.decalSeed += 1));
    });
    this.listen('backend:player:died', (death) => {
      const now = performance.now();
      match.playerDied(death, now);
      if (death.position) terrain.bleed(death.position.x, death.position.y, 8, (this.decalSeed += 1));
      if (death.playerId === match.ownId) {
        this.diedAt = now;
        this.respawnWish = false;
      }
    });
    this.listen('backend:player:respawned', ({ playerId }) => {
      match.playerRespawned(playerId);
      if (playerId === match.ownId) this.respawnWish = false;
    });
    this.listen('backend:respawn:denied', ({ remainingTime }) => match.respawnDenied(remainingTime, performance.now()));
  }

  /** The lobby has gone on from the results. The map is whole again, so all of it is asked for. */
  private beginAnew({ match, terrain }: Running): void {
    if (!match.result) return;
    match.reset();
    terrain.clearDecals();
    this.services.link.send('request_game_state', {});
  }

  private wishRespawn(): void {
    const { running } = this;
    if (running?.match.own?.alive === false && performance.now() - this.diedAt > RESPAWN_GRACE) this.respawnWish = true;
  }

  /** A wish uttered too early is kept until the server may grant it. */
  private askRespawn({ match }: Running, now: number): void {
    if (!this.respawnWish) return;
    if (match.own?.alive !== false || match.result) {
      this.respawnWish = false;
      return;
    }
    if (match.respawnWait(now) > 0 || now - this.respawnAskedAt < RESPAWN_PACE) return;
    this.respawnAskedAt = now;
    this.services.link.send('player:respawn', undefined);
  }

  private setPaused(paused: boolean): void {
    const { running } = this;
    if (!running || this.paused === paused || (paused && running.match.result)) return;
    this.paused = paused;
    running.input.clear();
    running.hud.showPause(paused);
  }

  private leave(notice: string): void {
    this.scene.start('menu', { notice });
  }

  private muzzleOf({ match }: Running, shot: ShotFired): { x: number; y: number } {
    // The own shot starts where the own player is drawn; the server's place is up to a state ahead.
    const from = shot.playerId === match.ownId ? match.ownFollower : shot.position;
    return { x: from.x + Math.cos(shot.direction) * MUZZLE, y: from.y + Math.sin(shot.direction) * MUZZLE };
  }

  private drawHit(running: Running, hit: ShotHit): void {
    const now = performance.now();
    const { effects, terrain, shots } = running;
    const shot = shots.get(hit.playerId);
    const { x, y } = hit.position;
    let back = 0;
    if (shot) {
      const from = this.muzzleOf(running, shot);
      effects.tracer(from.x, from.y, x, y, now);
      back = Math.atan2(shot.position.y - y, shot.position.x - x);
    }
    if (hit.targetType === 'player') {
      effects.impact(x, y, back, 'blood', now);
      if (hit.playerId === running.match.ownId) effects.confirmHit(now);
      return;
    }
    // The point reported lies on the surface, or just before it.
    const material =
      terrain.painter.materialAt(x, y) ?? terrain.painter.materialAt(x - Math.cos(back) * 2, y - Math.sin(back) * 2);
    effects.impact(x, y, back, material ?? 'concrete', now);
  }

  private drawMiss(running: Running, miss: ShotMiss): void {
    const shot = running.shots.get(miss.playerId);
    if (!shot) return;
    const from = this.muzzleOf(running, shot);
    let { x, y } = miss.position;
    if (!miss.isPellet && Math.hypot(x - shot.position.x, y - shot.position.y) < MUZZLE * 2) {
      // The place told is that of the shooter, not of the end.
      const direction = miss.direction ?? shot.direction;
      const way = running.terrain.painter.reach(from.x, from.y, direction, weaponLook(miss.weaponType).range);
      x = from.x + Math.cos(direction) * way;
      y = from.y + Math.sin(direction) * way;
    }
    running.effects.tracer(from.x, from.y, x, y, performance.now());
  }

  private breakSlice(running: Running, damage: SliceDamage): void {
    running.match.walls.damage({ ...damage, newHealth: 0, isDestroyed: true });
    const wall = running.match.walls.walls.get(damage.wallId);
    if (!wall) return;
    const rect = sliceRect(wall, damage.sliceIndex, { x: 0, y: 0, width: 0, height: 0 });
    running.effects.debris(rect.x + rect.width / 2, rect.y + rect.height / 2, wall.material, performance.now());
  }

  private noticeFor({ session, match }: Running, now: number): Notice | null {
    const { status } = this.services.link;
    if (session.phase === 'connecting') {
      return status === 'down'
        ? { title: 'No connection', detail: 'Trying again \u00b7 Esc for the menu' }
        : { title: 'Connecting', detail: 'Esc for the menu' };
    }
    if (session.phase === 'searching') return { title: 'Looking for a match', detail: 'Esc for the menu' };
    if (session.phase === 'joining') return { title: 'Joining', detail: session.problem };
    const { lobby } = session;
    if (session.startsAt > now) {
      return { title: `Starts in ${Math.ceil((session.startsAt - now) / 1000)}`, detail: 'Get into position' };
    }
    if (lobby?.status === 'waiting' && lobby.playerCount < lobby.minimumPlayers) {
      return { title: 'Waiting for players', detail: `${lobby.playerCount} of ${lobby.maxPlayers} are here` };
    }
    return match.stateCount === 0 ? { title: 'Entering', detail: '' } : null;
  }
}
