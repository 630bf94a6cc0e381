import type Phaser from 'phaser';
import { CLOSE_SIGHT, FIELD_WIDTH, PLAYER_RADIUS, weaponLook } from '../core/rules';
import type { MatchModel, MatchPlayer } from '../model/match';
import type { Pose } from '../model/track';
import { DEPTH } from './depths';
import { NameTags } from './nameTags';
import { TEAM_COLOURS } from './palette';
import { CORPSE_DIRECTIONS, corpseSheet, DIRECTIONS, directionFrame, playerSheet } from './textures';

/** px */
const BAR_WIDTH = 14;
/** px between two middles; 2 more, since others are drawn a little late. */
const CLOSE = CLOSE_SIGHT + PLAYER_RADIUS + 2;

class PlayerSprite {
  readonly shadow: Phaser.GameObjects.Image;
  readonly body: Phaser.GameObjects.Image;
  readonly name: Phaser.GameObjects.Image;
  readonly barBack: Phaser.GameObjects.Image;
  readonly bar: Phaser.GameObjects.Image;
  sheet = '';
  label = '';
  colour = -1;
  private depth: number = DEPTH.players;

  constructor(scene: Phaser.Scene) {
    this.shadow = scene.add.image(0, 0, 'body-shadow').setDepth(DEPTH.shadows).setVisible(false);
    this.body = scene.add.image(0, 0, playerSheet('red', 'long'), 0).setDepth(DEPTH.players).setVisible(false);
    this.name = scene.add.image(0, 0, 'spark').setOrigin(0.5, 1).setDepth(DEPTH.names).setVisible(false);
    this.barBack = scene.add.image(0, 0, 'bar-back').setOrigin(0, 0).setDepth(DEPTH.names).setVisible(false);
    this.bar = scene.add.image(0, 0, 'bar-red').setOrigin(0, 0).setDepth(DEPTH.names).setVisible(false);
    this.barBack.setDisplaySize(BAR_WIDTH + 2, 4);
  }

  /** Setting it, to what it is already as well, has Phaser sort all of the scene before it draws. */
  setDepth(depth: number): void {
    if (depth === this.depth) return;
    this.depth = depth;
    this.body.setDepth(depth);
  }

  hide(): void {
    this.shadow.setVisible(false);
    this.body.setVisible(false);
    this.name.setVisible(false);
    this.bar.setVisible(false);
    this.barBack.setVisible(false);
  }

  destroy(): void {
    this.shadow.destroy();
    this.body.destroy();
    this.name.destroy();
    this.bar.destroy();
    this.barBack.destroy();
  }
}

/** Players and bodies, where the model's tracks say at the time drawn. */
export class PlayerLayer {
  private readonly sprites = new Map<string, PlayerSprite>();
  private readonly tags: NameTags;
  private readonly ownRing: Phaser.GameObjects.Image;
  private readonly shieldRing: Phaser.GameObjects.Image;
  private readonly pose: Pose = { x: 0, y: 0, rotation: 0 };

  constructor(
    private readonly scene: Phaser.Scene,
    private readonly match: MatchModel,
  ) {
    this.tags = new NameTags(scene.textures);
    this.ownRing = scene.add.image(0, 0, 'own-ring').setDepth(DEPTH.signs).setVisible(false);
    this.shieldRing = scene.add.image(0, 0, 'shield-ring').setDepth(DEPTH.signs).setVisible(false);
  }

  /**
   * @param drawnMs server epoch ms at which others are shown
   * @param ownRotation from the mouse as it is now: waiting for the server's answer would be felt
   */
  update(drawnMs: number, localMs: number, ownRotation: number): void {
    const { match } = this;
    for (const [id, sprite] of this.sprites) {
      if (match.players.has(id)) continue;
      sprite.destroy();
      this.sprites.delete(id);
    }
    this.ownRing.setVisible(false);
    this.shieldRing.setVisible(false);
    for (const player of match.players.values()) this.draw(player, drawnMs, localMs, ownRotation);
  }

  destroy(): void {
    for (const sprite of this.sprites.values()) sprite.destroy();
    this.sprites.clear();
    this.ownRing.destroy();
    this.shieldRing.destroy();
    this.tags.destroy();
  }

  private draw(player: MatchPlayer, drawnMs: number, localMs: number, ownRotation: number): void {
    const { pose, match } = this;
    const visibility = player.visibility(localMs);
    let sprite = this.sprites.get(player.id);
    const { body } = player;
    if (visibility <= 0 || !body || !player.track.at(drawnMs, pose)) {
      sprite?.hide();
      return;
    }
    if (!sprite) {
      sprite = new PlayerSprite(this.scene);
      this.sprites.set(player.id, sprite);
    }
    const isOwn = player.id === match.ownId;
    if (isOwn) {
      pose.x = match.ownFollower.x;
      pose.y = match.ownFollower.y;
      if (player.alive) pose.rotation = ownRotation;
    }
    const x = Math.round(pose.x);
    const y = Math.round(pose.y);

    const sheet = player.alive ? playerSheet(player.team, weaponLook(body.weaponId).hand) : corpseSheet(player.team);
    const directions = player.alive ? DIRECTIONS : CORPSE_DIRECTIONS;
    const frame = directionFrame(pose.rotation, directions);
    if (sprite.sheet !== sheet) {
      sprite.sheet = sheet;
      sprite.body.setTexture(sheet, frame);
    } else {
      sprite.body.setFrame(frame, false, false);
    }
    const isTeam = player.team === match.own?.team;
    // Seen without being in the cone: the fog is not to hide who stands at one's back.
    const isClose = player.seen && Math.hypot(pose.x - match.ownFollower.x, pose.y - match.ownFollower.y) <= CLOSE;
    sprite.setDepth(!player.alive ? DEPTH.corpses : isTeam || isClose ? DEPTH.ownTeam : DEPTH.players);
    sprite.body.setVisible(true).setPosition(x, y).setAlpha(visibility);
    sprite.shadow.setVisible(player.alive).setPosition(x + 2, y + 2).setAlpha(visibility);

    const { light } = TEAM_COLOURS[player.team];
    if (sprite.label !== player.name || sprite.colour !== light) {
      sprite.label = player.name;
      sprite.colour = light;
      sprite.name.setTexture(this.tags.key(player.name, light));
      sprite.bar.setTexture(`bar-${player.team}`);
    }
    // The own name is on the screen's edge already, and would hide what one aims at.
    const labelled = player.alive && !isOwn;
    const hurt = labelled && body.health > 0 && body.health < 100;
    sprite.barBack.setVisible(hurt).setPosition(x - BAR_WIDTH / 2 - 1, y - 12).setAlpha(visibility * 0.8);
    sprite.bar.setVisible(hurt).setPosition(x - BAR_WIDTH / 2, y - 11).setAlpha(visibility);
    const half = Math.ceil(sprite.name.width / 2);
    sprite.name
      .setVisible(labelled)
      .setPosition(
        Math.min(FIELD_WIDTH - half, Math.max(half, x)),
        Math.max(sprite.name.height, y - (hurt ? 13 : 11)),
      )
      .setAlpha(visibility);
    if (hurt) {
      sprite.bar.setDisplaySize(Math.max(1, Math.round((BAR_WIDTH * Math.min(100, body.health)) / 100)), 2);
    }

    if (isOwn && player.alive) this.ownRing.setVisible(true).setPosition(x, y);
    if (player.alive && isOwn && body.invulnerableUntil > match.clock.at(localMs)) {
      this.shieldRing.setVisible(Math.floor(localMs / 120) % 2 === 0).setPosition(x, y);
    }
  }
}
