import { hasTools, replayAddress } from '../core/pages';
import { DEFAULT_FOG_OPACITY, INPUT_RATE, INTERPOLATION_DELAY_MS, weaponLabel, weaponLook } from '../core/rules';
import { isSoundKind, OPEN_CUTOFF } from '../core/sounds';
import { captureInput } from '../input/capture';
import { InputState } from '../input/keys';
import { Pacer, PREDICTED_SAVED } from '../input/pacer';
import { RecentBlasts } from '../model/blasts';
import { ChargeMeter } from '../model/charge';
import type { Dazzle } from '../model/flash';
import { sameLoadout, type Loadout } from '../model/loadout';
import { inviteLink } from '../model/lobbies';
import { MatchModel } from '../model/match';
import { sliceRect, type SliceRect } from '../model/walls';
import type { PlayerDamaged, ProjectileExploded, SliceDamage, Vec2 } from '../net/protocol';
import { ReportWatch } from '../net/matchReport';
import { Session, type Goal } from '../net/session';
import { DEPTH } from '../render/depths';
import { Effects } from '../render/effects';
import { FogLayer } from '../render/fogLayer';
import { mix } from '../render/painting';
import { PALETTE } from '../render/palette';
import { PlayerLayer } from '../render/playerLayer';
import { ProjectileLayer } from '../render/projectileLayer';
import { Shake } from '../render/shake';
import { shotLook } from '../render/shotLook';
import { SignLayer } from '../render/signLayer';
import { SmokeLayer } from '../render/smokeLayer';
import { TerrainLayer } from '../render/terrainLayer';
import { Hud, type Notice } from '../ui/hud';
import { LoadoutView } from '../ui/loadout';
import type { Rated } from '../ui/results';
import type { RoomState } from '../ui/room';
import { SettingsView } from '../ui/settingsView';
import { saveWish } from '../wishStore';
import { BaseScene } from './baseScene';
import { ShotPainter } from './shots';

/** Local ms between two respawn requests. */
const RESPAWN_PACE = 250;
/** Local ms after death in which a click is still the last burst, not a wish. */
const RESPAWN_GRACE = 600;
/** Local ms in which a hit and the damage it did are told of together. */
const SAME_HIT = 120;
/** Radii of a blast within which the own screen shakes. */
const SHAKE_REACH = 5;

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
  readonly shots: ShotPainter;
  readonly projectiles: ProjectileLayer;
  readonly smoke: SmokeLayer;
  readonly signs: SignLayer;
  readonly shake: Shake;
  readonly charge: ChargeMeter;
  readonly dazzle: Dazzle;
  readonly blasts: RecentBlasts;
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
  private readonly rect: SliceRect = { x: 0, y: 0, width: 0, height: 0 };
  private decalSeed = 1;
  private loadout: LoadoutView | null = null;
  private settingsView: SettingsView | null = null;
  private invite = '';
  /** Of the hosted match that has ended. */
  private watch: ReportWatch | null = null;
  private readonly accounts = new Map<string, string>();
  /** Chosen, and not yet taken by the server. */
  private pendingLoadout: Loadout | null = null;

  constructor() {
    super('match');
  }

  protected override begin(data: unknown): void {
    const { services } = this;
    const { invite } = services;
    const { goal = invite ? { kind: 'join', lobbyId: invite, password: '' } : { kind: 'quick' } } = (data ?? {}) as { goal?: Goal };
    this.settingsView = null;
    this.invite = '';
    this.paused = false;
    this.scoreboard = false;
    this.respawnWish = false;
    this.respawnAskedAt = 0;
    this.diedAt = 0;
    this.lastFrame = performance.now();
    const match = new MatchModel();
    services.match = match;
    // Where shaking lets one look past the playfield's edge, it is as dark as unseen floor.
    this.cameras.main.setBackgroundColor(mix(PALETTE.floor, PALETTE.fog, DEFAULT_FOG_OPACITY));
    const keys = (): typeof services.settings.keys => services.settings.keys;
    const input = new InputState(keys);
    const terrain = new TerrainLayer(this, match.walls);
    const effects = new Effects(this);
    this.loadout = null;
    this.pendingLoadout = null;
    const running: Running = {
      match,
      input,
      session: new Session(services.link, services.wish, this.listen, this.onStatus, undefined, undefined, goal),
      pacer: new Pacer(INPUT_RATE),
      terrain,
      players: new PlayerLayer(this, match),
      effects,
      fog: new FogLayer(this, terrain),
      hud: new Hud(
        services.ui,
        this.game.canvas,
        services.settings,
        {
          onLeave: () => this.leave(''),
          onResume: () => this.setPaused(false),
          onRespawn: () => this.wishRespawn(),
          onLoadout: () => this.openLoadout(),
          onSettings: () => this.openSettings(),
          onForceStart: () => running.session.forceStart(),
          onMenu: () => this.leave(''),
          onNext: () => this.leave('', true),
        },
        this.disposer,
      ),
      crosshair: this.add.image(0, 0, 'crosshair').setDepth(DEPTH.crosshair).setScrollFactor(0).setVisible(false),
      shots: new ShotPainter(match, effects, terrain),
      projectiles: new ProjectileLayer(this, effects),
      smoke: new SmokeLayer(this),
      signs: new SignLayer(this),
      shake: new Shake(),
      charge: new ChargeMeter(),
      dazzle: { phase: 'none', glare: 0, blur: 0, vignette: 0 },
      blasts: new RecentBlasts(),
    };
    match.projectiles.onBounce = (x, y) => effects.bounce(x, y, performance.now());
    this.running = running;
    if (goal.kind === 'hosted') this.followMatchmaker();
    services.audio.begin(this.disposer);
    captureInput(
      input,
      keys,
      this.game.canvas,
      {
        isActive: () => !this.paused && this.loadout === null && match.result === null,
        onConfirm: () => this.wishRespawn(),
        onScoreboard: (shown) => {
          this.scoreboard = shown;
        },
        onEscape: () => {
          if (this.loadout) this.closeLoadout();
          else this.setPaused(!this.paused);
        },
        onLoadout: () => this.openLoadout(),
        onFifthWeapon: () => this.switchTo(4),
        onCycle: (way) => {
          const { ownWeapons, ownWeapon } = match;
          if (ownWeapon && ownWeapons.length > 1) {
            this.switchTo((ownWeapons.indexOf(ownWeapon) + way + ownWeapons.length) % ownWeapons.length);
          }
        },
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
    // The results are those of the connection that was.
    if (!match.result) match.ownId = this.services.link.id;
    const { play } = this.services.link;
    const { pacer } = running;
    pacer.saved = play ? PREDICTED_SAVED : 2;
    pacer.ahead = play !== null;
    let due = pacer.due(elapsedMs);
    while (due && session.phase === 'playing' && match.stateCount > 0 && match.result === null) {
      this.services.link.send('player:input', running.input.sample(Date.now()));
      // What is predicted is lived input by input, however seldom is drawn.
      due = play !== null && pacer.due(0);
    }
    this.askRespawn(running, now);
    match.pruneFeed(now);
    match.hearing.prune(now);
    this.services.audio.update();
    match.ownFollower.update(now);
    play?.frame(match, now, elapsedMs, pacer.share, running.input.mouseX, running.input.mouseY);

    const { input, effects, charge, shake, dazzle } = running;
    const { settings } = this.services;
    const { own } = match;
    const serverMs = match.clock.at(now);
    const drawnMs = play ? play.drawnMs(now) : serverMs - INTERPOLATION_DELAY_MS;
    const aim = Math.atan2(input.mouseY - match.ownFollower.y, input.mouseX - match.ownFollower.x);
    effects.dim = settings.darkFlashes;
    if (play) {
      for (const type of play.fired) this.pulled(running, type, aim, now);
      play.fired.length = 0;
    }
    running.shots.flush(now);
    running.terrain.update();
    running.players.update(drawnMs, now, aim);
    running.projectiles.update(match.projectiles, drawnMs, serverMs, now);
    effects.update(now, elapsedMs, input.mouseX, input.mouseY);
    running.fog.update(match.visionPolygon, match.fogOpacity, now, settings.fog, play === null);
    match.smoke.update(elapsedMs);
    running.smoke.update(match.smoke, running.fog.canvas, now);
    shake.update(elapsedMs);
    this.cameras.main.setScroll(settings.shake ? shake.x : 0, settings.shake ? shake.y : 0);

    const alive = own?.alive === true;
    const inHand = alive ? match.ownWeapon : null;
    const thrown = inHand && weaponLook(inHand.type).hand === 'thrown' && match.ammoOf(inHand) > 0 ? inHand.type : '';
    charge.update(input.isFiring, thrown, now);
    if (input.isHeld('g')) charge.spend();
    running.signs.update(
      match.hurt, match.ownFollower.x, match.ownFollower.y, charge.level(now), input.mouseX, input.mouseY, now,
    );
    if (alive) match.flash.at(now, dazzle);
    else match.flash.at(Number.NEGATIVE_INFINITY, dazzle);
    const covered = this.paused || this.loadout !== null;
    running.hud.update(match, dazzle, now, elapsedMs, this.scoreboard, covered);
    running.hud.showResults(match, this.rated(), this.watch?.version ?? 0);
    const room = match.result ? null : this.roomFor(session, now);
    running.hud.showRoom(room, match, covered);
    running.hud.showNotice(covered || match.result || room ? null : this.noticeFor(running, now));

    const aiming = alive && !covered && match.result === null;
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
    this.watch?.close();
    this.watch = null;
    this.accounts.clear();
    this.closeLoadout();
    this.settingsView?.close();
    this.settingsView = null;
    running.session.stop();
    running.terrain.destroy();
    running.players.destroy();
    running.effects.destroy();
    running.fog.destroy();
    running.projectiles.destroy();
    running.smoke.destroy();
    running.signs.destroy();
  }

  private hear(running: Running): void {
    const { match, effects, hud, terrain, shots, shake } = running;
    this.onStatus(() => {
      if (running.session.isOver) {
        // Nothing more comes from there.
        this.services.link.close();
        return;
      }
      match.reset();
      terrain.clearDecals();
      shots.clear();
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
    this.listen('test_start_failed', ({ reason }) => hud.toast(reason || 'The match was not started', performance.now()));
    this.listen('match:return', ({ accounts }) => {
      for (const { memberId, playerId } of accounts) this.accounts.set(memberId, playerId);
    });
    this.listen('match_ended', (result) => {
      match.result = result;
      this.watchRatings(running.session.goal);
      running.input.clear();
      this.closeLoadout();
      this.setPaused(false);
    });
    this.listen('game:state', (state) => {
      match.ownId = this.services.link.id;
      match.applyState(state, performance.now());
    });
    this.listen('player:left', ({ playerId }) => match.removePlayer(playerId));

    this.listen('weapon:fired', (shot) => {
      const now = performance.now();
      const isThrown = weaponLook(shot.weaponType).hand === 'thrown';
      const isNews = isThrown || shots.fired(shot, now);
      if (!isNews) return;
      match.shotFired(shot.playerId, shot.weaponType, shot.ammoRemaining, now);
      if (!isThrown && shot.playerId === match.ownId) shake.add(shotLook(shot.weaponType).kick);
    });
    this.listen('grenade:thrown', ({ playerId, weaponType, ammoRemaining }) => {
      match.shotFired(playerId, weaponType, ammoRemaining, performance.now());
      if (playerId === match.ownId) running.charge.spend();
    });
    this.listen('weapon:hit', (hit) => {
      const now = performance.now();
      shots.hit(hit, now);
      if (hit.targetType !== 'player') return;
      if (hit.playerId === match.ownId) effects.confirmHit(false, now);
      // Where on the body it struck is where it came from; who fired it may be hidden.
      if (hit.targetId === match.ownId && hit.position) {
        match.hurt.add(Math.atan2(hit.position.y - match.ownFollower.y, hit.position.x - match.ownFollower.x), 0.6, now);
      }
    });
    this.listen('weapon:miss', (miss) => shots.miss(miss, performance.now()));
    this.listen('weapon:reload', ({ playerId, weaponType, reloadTime }) =>
      match.reloadStarted(playerId, weaponType, reloadTime, performance.now()),
    );
    this.listen('weapon:reloaded', ({ playerId, weaponType, currentAmmo }) =>
      match.reloadEnded(playerId, weaponType, currentAmmo),
    );
    this.listen('weapon:switched', ({ playerId }) => match.weaponSwitched(playerId));
    this.listen('weapon:rate_limited', ({ weaponType, nextFireTime }) =>
      match.rateLimited(weaponType, nextFireTime, performance.now()),
    );
    this.listen('weapon:heat:update', ({ heatLevel, isOverheated }) =>
      match.heat.tell(heatLevel, isOverheated, performance.now()),
    );
    this.listen('weapon:equipped', ({ weapons }) => {
      const { pendingLoadout } = this;
      if (!pendingLoadout) return;
      const wanted = [pendingLoadout.primary, pendingLoadout.secondary, ...pendingLoadout.support];
      if (wanted.some((type) => !weapons.includes(type))) return;
      this.pendingLoadout = null;
      hud.toast(`Next life: ${wanted.map(weaponLabel).join(', ')}`, performance.now());
    });

    this.listen('sounds', ({ timestamp, sounds }) => {
      const now = performance.now();
      match.hearing.hear(sounds, now);
      this.services.audio.hear(match.ownShots.unheard(sounds, now), match.clock.synced ? match.clock.at(now) - timestamp : 0);
    });

    this.listen('projectile:created', (event) => match.projectiles.created(event, match.clock.at(performance.now())));
    this.listen('projectile:updated', ({ id, position }) =>
      match.projectiles.updated(id, position.x, position.y, match.clock.at(performance.now())),
    );
    this.listen('projectile:exploded', (event) => this.explode(running, event));
    this.listen('FLASHBANG_EFFECT', ({ affected }) => {
      const now = performance.now();
      for (const { playerId, intensity, phases } of affected) {
        if (playerId === match.ownId) match.flash.hit(intensity, phases, now);
      }
    });

    this.listen('wall:damaged', (damage) => match.walls.damage(damage));
    this.listen('wall:destroyed', (damage) => this.breakSlice(running, damage));
    this.listen('explosion:created', ({ position, radius }) => this.blast(running, position, radius));

    this.listen('player:damaged', (event) => this.hurt(running, event));
    this.listen('backend:player:died', (death) => {
      const now = performance.now();
      match.playerDied(death, now);
      if (death.position) terrain.bleed(death.position.x, death.position.y, 8, (this.decalSeed += 1));
      if (death.killerId === match.ownId && death.playerId !== match.ownId) effects.confirmHit(true, now);
      if (death.playerId === match.ownId) {
        this.diedAt = now;
        this.respawnWish = false;
        this.equip();
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
    if (!paused) {
      this.settingsView?.close();
      this.settingsView = null;
    }
    running.hud.showPause(paused);
  }

  /** A match that is lost with its server has its players wait again, in front of the others. */
  private followMatchmaker(): void {
    const { matchmaking } = this.services;
    matchmaking.onChange = () => {
      if (matchmaking.phase === 'waiting') this.scene.start('queue', { notice: matchmaking.problem });
    };
    this.disposer.add(() => {
      matchmaking.onChange = () => {};
    });
  }

  /** What the match did to ratings is in the service's books, not in what its server says. */
  private watchRatings(goal: Goal): void {
    const { means, found } = this.services.matchmaking;
    if (goal.kind !== 'hosted' || !found) return;
    this.watch?.close();
    this.watch = new ReportWatch(found.matchId, {
      fetch: (path, init) => means.fetch(path, init),
      setTimer(action, ms) {
        const timer = setTimeout(action, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  private rated(): Rated | null {
    const { watch } = this;
    if (!watch) return null;
    return {
      state: watch.state, report: watch.report, accounts: this.accounts, ownAccount: this.services.matchmaking.welcome?.playerId ?? '',
      replay: hasTools && watch.report?.replay === true ? replayAddress(location.href, watch.matchId) : '',
    };
  }

  /** @param isNext on to another rated match */
  private leave(notice: string, isNext = false): void {
    const goal = this.running?.session.goal;
    // An invitation is followed once.
    this.services.invite = '';
    if (goal?.kind === 'hosted') {
      const { matchmaking } = this.services;
      matchmaking.onChange = () => {};
      matchmaking.rest();
      // A party stays together, and who was sent away may be in the queue again, in front.
      if (isNext || notice || matchmaking.party !== null) {
        this.scene.start('queue', { notice });
        return;
      }
    }
    if (notice && goal && (goal.kind === 'create' || goal.kind === 'join')) this.scene.start('lobbies', { notice, goal });
    else this.scene.start('menu', { notice });
  }

  private openSettings(): void {
    const { running, services } = this;
    if (!running || this.settingsView) return;
    running.hud.showPause(false);
    this.settingsView = new SettingsView(services.ui, services.settings, {
      onPalette: () => services.applyPalette(),
      onClose: () => {
        this.settingsView?.close();
        this.settingsView = null;
        if (this.paused) running.hud.showPause(true);
      },
    });
  }

  private openLoadout(): void {
    const { running, services } = this;
    if (!running || this.loadout || running.match.result) return;
    this.setPaused(false);
    running.input.clear();
    this.scoreboard = false;
    const alive = running.match.own?.alive === true;
    this.loadout = new LoadoutView(
      services.ui,
      services.wish.loadout,
      { confirm: alive ? 'For the next life' : 'Take it', cancel: 'Cancel', hint: alive ? 'You stand still meanwhile' : '' },
      {
        onConfirm: (loadout) => {
          this.closeLoadout();
          this.chooseLoadout(loadout);
        },
        onCancel: () => this.closeLoadout(),
      },
    );
  }

  private closeLoadout(): void {
    this.loadout?.close();
    this.loadout = null;
  }

  private chooseLoadout(loadout: Loadout): void {
    const { running, services } = this;
    if (!running || (sameLoadout(loadout, services.wish.loadout) && !this.pendingLoadout)) return;
    services.wish.loadout = loadout;
    saveWish(services.wish);
    this.pendingLoadout = loadout;
    if (running.match.own?.alive === false) this.equip();
    else running.hud.toast('From the next life on', performance.now());
  }

  /** The server takes it from the dead alone. */
  private equip(): void {
    if (!this.pendingLoadout) return;
    const { primary, secondary, support } = this.pendingLoadout;
    this.services.link.send('weapon:equip', { primary, secondary, support });
  }

  private switchTo(index: number): void {
    const { running } = this;
    const weapon = running?.match.ownWeapons[index];
    if (!running || !weapon || running.match.own?.alive !== true || weapon === running.match.ownWeapon) return;
    this.services.link.send('weapon:switch', { toWeapon: weapon.type });
  }

  /** The own gun fires: seen, heard and felt now, and counted when the host says so. */
  private pulled({ match, shots, shake }: Running, type: string, aim: number, now: number): void {
    shots.pulled(type, aim, now);
    shake.add(shotLook(type).kick);
    match.shotPulled(type, now);
    const kind = `fire_${type}`;
    // How loud it is to dazzled ears is the server's to say.
    if (!isSoundKind(kind) || match.flash.active(now)) return;
    match.ownShots.sounded(now);
    this.services.audio.hear([{ kind, gain: 1, direction: aim, cutoff: OPEN_CUTOFF, own: true }], 0);
  }

  private explode(running: Running, { id, kind, position, radius }: ProjectileExploded): void {
    const now = performance.now();
    running.match.projectiles.remove(id);
    if (!position) return;
    if (kind === 'smoke') running.effects.hiss(position.x, position.y, now);
    else if (kind === 'flash') running.effects.burst(position.x, position.y, now);
    else this.blast(running, position, radius);
  }

  /** An explosion is told of twice, once as a projectile's end; the first telling is drawn. */
  private blast(running: Running, { x, y }: Vec2, radius: number): void {
    const now = performance.now();
    const { blasts, effects, terrain, shake, match } = running;
    if (!blasts.note(x, y, radius, now)) return;
    effects.blast(x, y, radius, now);
    terrain.scorch(x, y, Math.min(radius, 60), (this.decalSeed += 2));
    const far = Math.hypot(x - match.ownFollower.x, y - match.ownFollower.y);
    shake.add(Math.max(0, 1 - far / (radius * SHAKE_REACH)));
  }

  private hurt(running: Running, event: PlayerDamaged): void {
    const { playerId, sourcePlayerId, damage, position, isExplosion } = event;
    const now = performance.now();
    const { match, effects, terrain, hud, shake, blasts, shots } = running;
    match.damaged(event);
    if (position) terrain.bleed(position.x, position.y, 2, (this.decalSeed += 1));
    if (playerId !== match.ownId) {
      if (sourcePlayerId === match.ownId) effects.confirmHit(false, now);
      return;
    }
    hud.flashHurt(damage);
    shake.add(Math.min(0.5, damage / 120));
    const { x, y } = match.ownFollower;
    const blast = isExplosion ? blasts.cause(x, y, now) : null;
    if (blast) {
      match.hurt.add(Math.atan2(blast.y - y, blast.x - x), damage / 60, now);
    } else if (!match.hurt.recent(SAME_HIT, now)) {
      const from = shots.origin(sourcePlayerId, now);
      const source = match.players.get(sourcePlayerId);
      const at = source?.seen ? source.body : from;
      match.hurt.add(at && playerId !== sourcePlayerId ? Math.atan2(at.y - y, at.x - x) : Number.NaN, damage / 60, now);
    }
  }

  private breakSlice(running: Running, damage: SliceDamage): void {
    running.match.walls.damage({ ...damage, newHealth: 0, isDestroyed: true });
    const wall = running.match.walls.walls.get(damage.wallId);
    if (!wall) return;
    const { x, y, width, height } = sliceRect(wall, damage.sliceIndex, this.rect);
    const now = performance.now();
    const { blasts, effects, shots } = running;
    // Away from what broke it, as far as that is known.
    const from = blasts.cause(x, y, now) ?? shots.origin(damage.playerId, now);
    const angle = from ? Math.atan2(y + height / 2 - from.y, x + width / 2 - from.x) : Number.NaN;
    effects.debris(x, y, width, height, angle, wall.material, now);
  }

  private roomFor({ lobby, isPrivate, lobbyId, phase, startsAt }: Session, now: number): RoomState | null {
    if (!lobby || lobby.status !== 'waiting' || (phase !== 'playing' && phase !== 'joining')) return null;
    if (isPrivate && this.invite === '') this.invite = inviteLink(location.href, lobbyId);
    return { lobby, countdown: startsAt > now ? Math.ceil((startsAt - now) / 1000) : null, invite: isPrivate ? this.invite : '' };
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
    if (session.startsAt > now) return { title: `Starts in ${Math.ceil((session.startsAt - now) / 1000)}`, detail: 'Get into position' };
    return match.stateCount === 0 ? { title: 'Entering', detail: '' } : null;
  }
}
