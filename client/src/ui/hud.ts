import type { Disposer } from '../core/disposer';
import { weaponLook, type Team } from '../core/rules';
import type { FeedLine, MatchModel } from '../model/match';
import type { MatchEnded } from '../net/protocol';
import { clockTime, el, seconds, setShown, setText } from './dom';

export interface Notice {
  readonly title: string;
  readonly detail: string;
}

export interface HudActions {
  onLeave(): void;
  onResume(): void;
}

/** Everything of the match that is text: HTML over the playfield, written only where it differs. */
export class Hud {
  private readonly root = el('div', 'hud');
  private readonly health = el('span', 'value');
  private readonly healthFill = el('div', 'fill');
  private readonly healthBox: HTMLElement;
  private readonly weapon = el('span', 'weapon');
  private readonly ammo = el('span', 'value');
  private readonly reserve = el('span', 'reserve');
  private readonly reloadFill = el('div', 'fill');
  private readonly reloadBar: HTMLElement;
  private readonly ammoBox: HTMLElement;
  private readonly scores: Record<Team, HTMLElement> = {
    red: el('span', 'score red'),
    blue: el('span', 'score blue'),
  };
  private readonly target = el('span', 'target');
  private readonly feed = el('ol', 'feed', { 'aria-label': 'Kills' });
  private readonly hurt = el('div', 'hurt');
  private readonly notice = el('div', 'card notice-card', { role: 'status' });
  private readonly noticeTitle = el('h2');
  private readonly noticeDetail = el('p');
  private readonly death = el('div', 'card death', { role: 'status' });
  private readonly deathBy = el('p');
  private readonly deathWait = el('p', 'wait');
  private readonly board = el('div', 'card board');
  private readonly end = el('div', 'card end', { role: 'dialog', 'aria-label': 'Match result' });
  private readonly pause = el('div', 'card pause', { role: 'dialog', 'aria-label': 'Menu' });
  private readonly resume = el('button', 'primary', { type: 'button', id: 'resume' }, 'Resume');
  private readonly leave = el('button', '', { type: 'button', id: 'leave' }, 'Leave match');
  private shownFeed = -1;
  private shownResult: MatchEnded | null = null;
  private boardText = '';
  private hurtLevel = 0;

  constructor(parent: HTMLElement, actions: HudActions, disposer: Disposer) {
    this.healthBox = el(
      'div',
      'corner health',
      {},
      el('span', 'caption', {}, 'HP'),
      el('div', 'bar', {}, this.healthFill),
      this.health,
    );
    this.reloadBar = el('div', 'bar reload', {}, this.reloadFill);
    this.ammoBox = el('div', 'corner ammo', {}, this.weapon, this.reloadBar, this.ammo, this.reserve);
    this.notice.append(this.noticeTitle, this.noticeDetail);
    this.death.append(el('h2', '', {}, 'You are down'), this.deathBy, this.deathWait);
    this.pause.append(el('h2', '', {}, 'Trespasser'), this.resume, this.leave);
    this.root.append(
      this.hurt,
      el('div', 'top', {}, this.scores.red, this.target, this.scores.blue),
      this.feed,
      this.healthBox,
      this.ammoBox,
      this.death,
      this.board,
      this.notice,
      this.end,
      this.pause,
    );
    for (const card of [this.notice, this.death, this.board, this.end, this.pause]) card.hidden = true;
    parent.append(this.root);
    disposer.listen(this.resume, 'click', () => actions.onResume());
    disposer.listen(this.leave, 'click', () => actions.onLeave());
    disposer.listen(this.end, 'click', (event) => {
      if (event.target instanceof HTMLButtonElement) actions.onLeave();
    });
    disposer.add(() => this.root.remove());
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

  flashHurt(damage: number): void {
    this.hurtLevel = Math.min(1, this.hurtLevel + 0.25 + damage / 80);
  }

  /** Once a frame. */
  update(match: MatchModel, localMs: number, elapsedMs: number, boardWanted: boolean): void {
    const { own, ownBody: body, ownWeapon: weapon } = match;
    const alive = own?.alive === true && body !== null;
    setShown(this.healthBox, alive);
    setShown(this.ammoBox, alive && weapon !== null);
    if (alive) {
      const health = Math.max(0, Math.ceil(body.health));
      setText(this.health, String(health));
      this.healthFill.style.width = `${Math.min(100, health)}%`;
      this.healthBox.classList.toggle('low', health <= 30);
    }
    if (weapon) {
      const ammo = match.ownAmmo;
      setText(this.weapon, weaponLook(weapon.type).label);
      setText(this.ammo, String(ammo));
      setText(this.reserve, `/ ${weapon.reserveAmmo}`);
      this.ammoBox.classList.toggle('low', ammo <= weapon.maxAmmo * 0.2);
      const { reload } = match;
      const reloading = reload !== null && reload.weaponType === weapon.type && reload.endsAt > reload.startedAt;
      setShown(this.reloadBar, reloading);
      if (reloading) {
        const share = (localMs - reload.startedAt) / (reload.endsAt - reload.startedAt);
        this.reloadFill.style.width = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
      }
    }
    setText(this.scores.red, String(match.score.red));
    setText(this.scores.blue, String(match.score.blue));
    setText(this.target, `to ${match.killTarget}`);
    if (this.hurtLevel > 0) {
      this.hurtLevel = Math.max(0, this.hurtLevel - elapsedMs / 500);
      this.hurt.style.opacity = this.hurtLevel.toFixed(2);
    }
    this.updateFeed(match.feed);
    this.updateDeath(match, localMs);
    this.updateEnd(match);
    setShown(this.board, boardWanted && match.result === null);
    if (boardWanted) this.updateBoard(match);
  }

  private updateFeed(feed: readonly FeedLine[]): void {
    const newest = feed.length === 0 ? 0 : feed[feed.length - 1]!.key * 16 + feed.length;
    if (newest === this.shownFeed) return;
    this.shownFeed = newest;
    this.feed.replaceChildren(
      ...feed.map((line) => {
        const item = el('li', line.involvesOwn ? 'own' : '');
        if (line.killer) item.append(el('span', line.killerTeam ?? '', {}, line.killer), ' ');
        item.append(el('span', 'with', {}, `${line.isTeamKill ? 'team kill ' : ''}[${weaponLook(line.weaponType).label}]`), ' ');
        item.append(el('span', line.victimTeam, {}, line.victim));
        return item;
      }),
    );
  }

  private updateDeath(match: MatchModel, localMs: number): void {
    const { own, ownBody: body } = match;
    const dead = own !== null && !own.alive && match.result === null;
    setShown(this.death, dead);
    if (!dead) return;
    const killer = body ? match.players.get(body.killerId) : undefined;
    setText(this.deathBy, killer && killer !== own ? `by ${killer.name}` : '');
    const wait = match.respawnWait(localMs);
    const shown = match.respawnShown(localMs);
    if (wait > 0) setText(this.deathWait, `Respawn in ${seconds(Math.max(wait, shown))}`);
    else if (shown > 0) setText(this.deathWait, `Space or click to respawn (${seconds(shown)})`);
    else setText(this.deathWait, 'Space or click to respawn');
  }

  private updateBoard(match: MatchModel): void {
    const rows = match.standings();
    const text = rows.map((p) => `${p.id}|${p.name}|${p.team}|${p.kills}|${p.deaths}|${p.alive}`).join('\n');
    if (text === this.boardText) return;
    this.boardText = text;
    this.board.replaceChildren(
      el('h2', '', {}, 'Scores'),
      table(
        ['Player', 'Kills', 'Deaths'],
        rows.map((p) => ({
          className: `${p.team}${p.id === match.ownId ? ' own' : ''}${p.alive ? '' : ' dead'}`,
          cells: [p.name, String(p.kills), String(p.deaths)],
        })),
      ),
    );
  }

  private updateEnd(match: MatchModel): void {
    const { result } = match;
    setShown(this.end, result !== null);
    if (!result || result === this.shownResult) return;
    this.shownResult = result;
    const won = result.winnerTeam;
    const rows = [...result.playerStats].sort((a, b) => b.kills - a.kills || a.deaths - b.deaths);
    this.end.replaceChildren(
      el('h2', won ?? '', {}, won === 'red' ? 'Red wins' : won === 'blue' ? 'Blue wins' : 'A draw'),
      el(
        'p',
        'final',
        {},
        el('span', 'red', {}, String(result.redKills)),
        ' : ',
        el('span', 'blue', {}, String(result.blueKills)),
        el('span', 'dim', {}, result.duration > 0 ? `  in ${clockTime(result.duration)}` : ''),
      ),
      table(
        ['Player', 'Kills', 'Deaths', 'Damage'],
        rows.map((row) => ({
          className: `${row.team}${row.playerId === match.ownId ? ' own' : ''}`,
          cells: [row.playerName, String(row.kills), String(row.deaths), String(Math.round(row.damageDealt))],
        })),
      ),
      el('p', 'dim', {}, 'The next match starts in a moment'),
      el('button', '', { type: 'button', id: 'leave-end' }, 'Back to menu'),
    );
  }
}

function table(heads: readonly string[], rows: readonly { className: string; cells: readonly string[] }[]): HTMLElement {
  return el(
    'table',
    '',
    {},
    el('thead', '', {}, el('tr', '', {}, ...heads.map((head) => el('th', '', { scope: 'col' }, head)))),
    el(
      'tbody',
      '',
      {},
      ...rows.map((row) => el('tr', row.className, {}, ...row.cells.map((cell) => el('td', '', {}, cell)))),
    ),
  );
}
