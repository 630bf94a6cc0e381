import type { Disposer } from '../core/disposer';
import { EARLIEST_RESPAWN_MS, weaponLabel, type Team } from '../core/rules';
import { keyOf } from '../input/bindings';
import type { Dazzle } from '../model/flash';
import type { FeedLine, MatchModel, MatchPlayer } from '../model/match';
import type { Settings } from '../settings';
import { Captions } from './captions';
import { el, seconds, setShown, setText } from './dom';
import { Glare } from './glare';
import { iconOf } from './icon';
import { Meter } from './meter';
import { ResultsCard, type Rated, type ResultsActions } from './results';
import { RoomPanel, type RoomState } from './room';
import { table, type Row } from './scoreTable';
import { WeaponBar } from './weaponBar';

export interface Notice {
  readonly title: string;
  readonly detail: string;
}

export interface HudActions extends ResultsActions {
  onLeave(): void;
  onResume(): void;
  onRespawn(): void;
  onLoadout(): void;
  onSettings(): void;
  onForceStart(): void;
}

/** Local ms */
const TOAST_MS = 3200;
/** px of the health's bar, see the style sheet; and steps of the wait's, which is as wide as what is written there. */
const HEALTH_PX = 58;
const WAIT_STEPS = 64;
/** Playfield px: a player lower than this may stand behind what the HUD shows below. */
const BEHIND_HUD = 226;
const LEFT_BOX = 136;
const RIGHT_BOX = 190;
/** Playfield px: a player within them, from the bottom left corner, may stand behind the captions. */
const BEHIND_CAPTIONS = { x: 130, y: 145 };

/** Everything of the match that is text: HTML over the playfield, written only where it differs. */
export class Hud {
  private readonly root = el('main', 'hud', { 'aria-label': 'Match' });
  private readonly glare: Glare;
  private readonly health = el('span', 'value');
  private readonly healthFill = el('div', 'fill');
  private readonly healthMeter = new Meter(this.healthFill, HEALTH_PX, 'left');
  private readonly healthBox: HTMLElement;
  private readonly arms = new WeaponBar();
  private readonly captions = new Captions();
  private readonly scores: Record<Team, HTMLElement> = {
    red: el('span', 'score red'),
    blue: el('span', 'score blue'),
  };
  private readonly target = el('span', 'target');
  private readonly feed = el('ol', 'feed', { 'aria-label': 'Kills' });
  private readonly hurt = el('div', 'hurt');
  private readonly toastBox = el('p', 'toast', { role: 'status' });
  private readonly notice = el('div', 'card notice-card', { role: 'status' });
  private readonly noticeTitle = el('h2');
  private readonly noticeDetail = el('p');
  private readonly death = el('div', 'card death', { role: 'group', 'aria-label': 'You are down' });
  private readonly deathTitle = el('h2', '', {}, 'You are down');
  private readonly deathBy = el('p', 'by');
  private readonly deathFill = el('div', 'fill');
  private readonly deathMeter = new Meter(this.deathFill, WAIT_STEPS, 'left');
  private readonly deathWait = el('p', 'wait', { role: 'status' });
  private readonly respawn = el('button', 'primary', { type: 'button', id: 'respawn' });
  private readonly loadout = el('button', '', { type: 'button', id: 'open-loadout' });
  private readonly board = el('div', 'card board');
  private readonly results: ResultsCard;
  private readonly pause = el('div', 'card pause', { role: 'dialog', 'aria-label': 'Menu' });
  private readonly resume = el('button', 'primary', { type: 'button', id: 'resume' }, 'Resume');
  private readonly pauseLoadout = el('button', '', { type: 'button', id: 'pause-loadout' }, 'Loadout for the next life');
  private readonly pauseSettings = el('button', '', { type: 'button', id: 'pause-settings' }, 'Settings');
  private readonly pauseInvite = el('button', '', { type: 'button', id: 'pause-invite' }, 'Copy the invite link');
  private readonly pauseStart = el('button', '', { type: 'button', id: 'pause-start' }, 'Start now');
  private readonly room: RoomPanel;
  private readonly leave = el('button', '', { type: 'button', id: 'leave' }, 'Leave match');
  private readonly feedItems = new Map<number, HTMLElement>();
  private shownFeed = -1;
  private shownDeath: MatchModel['ownDeath'] | undefined = undefined;
  private boardText = '';
  private hurtLevel = 0;
  private toastUntil = 0;

  constructor(
    parent: HTMLElement,
    canvas: HTMLElement,
    private readonly settings: Settings,
    actions: HudActions,
    disposer: Disposer,
  ) {
    this.glare = new Glare(canvas);
    this.results = new ResultsCard(actions, disposer);
    this.room = new RoomPanel(() => actions.onForceStart(), (text) => this.toast(text, performance.now()), disposer);
    this.healthBox = el(
      'div',
      'corner health',
      {},
      el('span', 'caption', {}, 'HP'),
      el('div', 'bar', {}, this.healthFill),
      this.health,
    );
    this.notice.append(this.noticeTitle, this.noticeDetail);
    this.death.append(
      this.deathTitle,
      this.deathBy,
      el('div', 'bar wide', {}, this.deathFill),
      this.deathWait,
      el('div', 'buttons', {}, this.loadout, this.respawn),
    );
    this.pause.append(
      el('h2', '', {}, 'Trespasser'),
      this.resume,
      this.pauseLoadout,
      this.pauseSettings,
      this.pauseInvite,
      this.pauseStart,
      this.leave,
    );
    this.root.append(
      this.hurt,
      el('div', 'top', {}, this.scores.red, this.target, this.scores.blue),
      this.feed,
      this.toastBox,
      this.captions.root,
      this.healthBox,
      this.arms.root,
      this.death,
      this.board,
      this.notice,
      this.room.root,
      this.results.root,
      this.pause,
    );
    for (const card of [this.notice, this.death, this.board, this.pause, this.toastBox]) card.hidden = true;
    parent.append(this.glare.root, this.root);
    disposer.listen(this.resume, 'click', () => actions.onResume());
    disposer.listen(this.leave, 'click', () => actions.onLeave());
    disposer.listen(this.respawn, 'click', () => actions.onRespawn());
    disposer.listen(this.loadout, 'click', () => actions.onLoadout());
    disposer.listen(this.pauseInvite, 'click', () => this.room.copyInvite());
    disposer.listen(this.pauseStart, 'click', () => actions.onForceStart());
    disposer.listen(this.pauseSettings, 'click', () => actions.onSettings());
    disposer.listen(this.pauseLoadout, 'click', () => actions.onLoadout());
    disposer.add(() => {
      this.root.remove();
      this.glare.destroy();
    });
  }

  showPause(shown: boolean): void {
    setShown(this.pause, shown);
    if (shown) this.resume.focus();
    else this.resume.blur();
  }

  showNotice(notice: Notice | null): void {
    setShown(this.notice, notice !== null);
    if (!notice) return;
    setText(this.noticeTitle, notice.title);
    setText(this.noticeDetail, notice.detail);
  }

  /** @param paused what of it can be done stands in the pause menu too, for keyboards */
  showRoom(room: RoomState | null, match: MatchModel, paused: boolean): void {
    this.room.update(paused ? null : room, match);
    setShown(this.pauseInvite, room !== null && room.invite !== '');
    setShown(this.pauseStart, room !== null && room.invite !== '' && room.countdown === null);
  }

  /** @param version counts what has changed of `rated` */
  showResults(match: MatchModel, rated: Rated | null, version: number): void {
    this.results.update(match, rated, version);
  }

  /** A line that goes by itself. */
  toast(text: string, localMs: number): void {
    setText(this.toastBox, text);
    this.toastUntil = localMs + TOAST_MS;
  }

  flashHurt(damage: number): void {
    this.hurtLevel = Math.min(1, this.hurtLevel + 0.25 + damage / 80);
  }

  /** Once a frame. @param covered something else has the screen's middle */
  update(match: MatchModel, dazzle: Dazzle, localMs: number, elapsedMs: number, boardWanted: boolean, covered: boolean): void {
    const { own, ownBody: body } = match;
    const alive = own?.alive === true && body !== null;
    this.root.classList.toggle('over', match.result !== null);
    this.glare.update(dazzle, this.settings.darkFlashes);
    setShown(this.healthBox, alive && match.result === null);
    setShown(this.arms.root, alive && match.result === null);
    if (alive) {
      const health = Math.max(0, Math.ceil(body.health));
      setText(this.health, String(health));
      this.healthMeter.show(health / 100);
      this.healthBox.classList.toggle('low', health <= 30);
      this.arms.update(match, localMs);
      let left = false;
      let right = false;
      for (const player of match.players.values()) {
        if (!player.seen || !player.body || player.body.y < BEHIND_HUD) continue;
        if (player.body.x < LEFT_BOX) left = true;
        else if (player.body.x > RIGHT_BOX) right = true;
      }
      this.healthBox.classList.toggle('faint', left);
      this.arms.root.classList.toggle('faint', right);
    }
    this.captions.update(match.hearing, this.settings.captions && match.result === null, localMs);
    if (this.settings.captions) this.captions.root.classList.toggle('see-through', isCovered(match, BEHIND_CAPTIONS));
    setText(this.scores.red, String(match.score.red));
    setText(this.scores.blue, String(match.score.blue));
    setText(this.target, `to ${match.killTarget}`);
    if (this.hurtLevel > 0) {
      this.hurtLevel = Math.max(0, this.hurtLevel - elapsedMs / 500);
      this.hurt.style.opacity = this.hurtLevel.toFixed(2);
    }
    setShown(this.toastBox, localMs < this.toastUntil);
    setShown(this.feed, match.result === null);
    this.updateFeed(match.feed);
    this.updateDeath(match, localMs, covered);
    const board = boardWanted && match.result === null && !covered;
    setShown(this.board, board);
    if (board) this.updateBoard(match);
  }

  private updateFeed(feed: readonly FeedLine[]): void {
    const newest = feed.length === 0 ? 0 : feed[feed.length - 1]!.key * 16 + feed.length;
    if (newest === this.shownFeed) return;
    this.shownFeed = newest;
    for (const [key, item] of this.feedItems) {
      if (feed.some((line) => line.key === key)) continue;
      item.remove();
      this.feedItems.delete(key);
    }
    // The newest is the last, and a line never changes.
    for (const line of feed) {
      if (this.feedItems.has(line.key)) continue;
      const item = feedItem(line);
      this.feedItems.set(line.key, item);
      this.feed.append(item);
    }
  }

  private updateDeath(match: MatchModel, localMs: number, covered: boolean): void {
    const { own } = match;
    const dead = own !== null && !own.alive && match.result === null;
    setShown(this.death, dead && !covered);
    if (!dead) {
      this.shownDeath = undefined;
      return;
    }
    if (this.shownDeath !== match.ownDeath) {
      this.shownDeath = match.ownDeath;
      this.describeDeath(match.ownDeath);
    }
    const wait = match.respawnWait(localMs);
    const shown = match.respawnShown(localMs);
    const { keys } = this.settings;
    setText(this.respawn, `Respawn (${keyOf(keys, 'respawn')})`);
    setText(this.loadout, `Loadout (${keyOf(keys, 'loadout')})`);
    this.deathMeter.show(1 - wait / EARLIEST_RESPAWN_MS);
    this.respawn.classList.toggle('waiting', wait > 0);
    if (wait > 0) setText(this.deathWait, `Earliest respawn in ${seconds(wait)}`);
    else setText(this.deathWait, shown > 0 ? `Ready \u00b7 due in ${seconds(shown)}` : 'Ready');
  }

  private describeDeath(death: MatchModel['ownDeath']): void {
    if (!death) {
      this.deathBy.replaceChildren();
      return;
    }
    if (!death.killer) {
      this.deathBy.replaceChildren('by your own ', iconOf(death.weaponType), weaponLabel(death.weaponType));
      return;
    }
    this.deathBy.replaceChildren(
      el('span', death.killerTeam ?? '', {}, death.killer),
      iconOf(death.weaponType),
      el('span', 'dim', {}, weaponLabel(death.weaponType)),
      ...(death.isTeamKill ? [el('span', 'mark', {}, 'team kill')] : []),
    );
  }

  private updateBoard(match: MatchModel): void {
    const rows = match.standings();
    const text = rows
      .map((p) => `${p.id}|${p.name}|${p.team}|${p.kills}|${p.deaths}|${p.alive}|${Math.round(p.damage)}`)
      .join('\n');
    if (text === this.boardText) return;
    this.boardText = text;
    const cells = (p: MatchPlayer): Row => ({
      className: `${p.team}${p.id === match.ownId ? ' own' : ''}${p.alive ? '' : ' dead'}`,
      cells: [p.name, String(p.kills), String(p.deaths), String(Math.round(p.damage))],
      team: p.team,
    });
    this.board.replaceChildren(
      el('h2', '', {}, 'Scores'),
      table(['Player', 'Kills', 'Deaths', 'Damage'], rows.map(cells), { red: match.score.red, blue: match.score.blue }),
      el('p', 'dim small', {}, 'Damage as far as you were told of it'),
    );
  }
}

function feedItem(line: FeedLine): HTMLElement {
  const item = el('li', `${line.involvesOwn ? 'own' : ''}${line.isTeamKill ? ' team-kill' : ''}`);
  if (line.killer) item.append(el('span', line.killerTeam ?? '', {}, line.killer));
  item.append(iconOf(line.weaponType), el('span', 'with', {}, weaponLabel(line.weaponType)));
  if (line.isTeamKill) item.append(el('span', 'mark', {}, 'team kill'));
  item.append(el('span', line.victimTeam, {}, line.victim));
  return item;
}

/** A player who is seen stands left of and below the corner. */
function isCovered(match: MatchModel, corner: { readonly x: number; readonly y: number }): boolean {
  for (const { seen, body } of match.players.values()) {
    if (seen && body && body.x < corner.x && body.y > corner.y && body.y < BEHIND_HUD) return true;
  }
  return false;
}
