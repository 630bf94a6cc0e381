/** The replay viewer: a recording from a file or by a match's id, played by the engine in this page. */
import { weaponLabel, type Team } from '../core/rules';
import { EngineError, type About, type Engine, type ReplayInfo, type ShowFrame } from '../engine/engine';
import { fetchEngine } from '../engine/module';
import { clockTime, el, setShown, setText } from '../ui/dom';
import { Ears } from './ears';
import { Field } from './field';
import { button, filePicker, message, preparePage, readFile, Stage } from './page';
import { Playback, SPEEDS } from './playback';
import { Sheets } from './sheets';
import { Timeline } from './timeline';

/** ms of a frame's time that the scan may take while it is looked at. */
const SCAN_MS = 7;
/** Sounds of a recording that is played faster are a noise. */
const FASTEST_HEARD = 2;
const MATCH_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Lines of evidence in the list; all of them are on the timeline. */
const MOST_LINES = 200;

const query = new URLSearchParams(location.search);

function serverUrl(): string {
  try {
    const url = new URL(query.get('server') ?? location.origin, location.href);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.origin;
  } catch {
    // Falls through to the page's own.
  }
  return location.origin;
}

class ReplayPage {
  private readonly stage: Stage;
  private readonly field: Field;
  private readonly timeline = new Timeline((tick) => void this.seek(tick));
  private readonly ears = new Ears();
  private readonly about: About;
  private playback: Playback | null = null;
  /** A recording that waits for its map. */
  private waiting: { bytes: Uint8Array; name: string } | null = null;
  /** Slot whose eyes and ears are lent; -1: all is seen, nothing heard. */
  private viewer = -1;
  /** Of the walls drawn: whose, and the version of them. */
  private drawnWalls = '';
  private readonly names = new Map<number, string>();
  private readonly teams = new Map<number, Team>();
  private lastMs = 0;
  private shownEvidence = 0;

  private readonly title = el('span', 'grow', { role: 'status' });
  private readonly play = button('Play', () => this.toggle(), { disabled: '' });
  private readonly speed = el('select', '', { 'aria-label': 'Speed', disabled: '' });
  private readonly sound = button('Sound', () => this.toggleSound(), { title: 'Sounds as the chosen player heard them, up to speed 2' });
  private readonly time = el('span', 'time');
  private readonly hash = el('span', 'hash', { role: 'status', 'aria-live': 'off' });
  private readonly hashDot = el('b');
  private readonly hashText = el('span');
  private readonly total = el('span', 'hash');
  private readonly people = el('div', 'people', { role: 'group', 'aria-label': 'Whose view' });
  private readonly rows: { root: HTMLButtonElement; icon: HTMLElement; name: HTMLElement; state: HTMLElement; kills: HTMLElement }[] = [];
  private readonly kills = el('ul', 'list');
  private readonly evidence = el('ul', 'list');
  private readonly facts = el('dl', 'facts');
  private readonly score = el('div', 'score');
  private shownKills = 0;

  constructor(
    root: HTMLElement,
    private readonly engine: Engine,
  ) {
    this.about = engine.about();
    const open = (file: File): void => void this.openFile(file);
    this.stage = new Stage(open, filePicker('Open a recording or its map', '.tprp,.png', open));
    this.field = new Field(this.stage.context, new Sheets());
    this.stage.root.append(this.score, this.ears.root);
    setShown(this.score, false);
    for (const speed of SPEEDS) this.speed.append(el('option', '', { value: String(speed) }, `${speed} x`));
    this.speed.value = '1';
    this.speed.addEventListener('change', () => {
      if (this.playback) this.playback.speed = Number(this.speed.value);
    });
    this.hash.append(this.hashDot, this.hashText);
    for (let slot = -1; slot < 8; slot += 1) this.addRow(slot);
    root.append(
      el('header', '', {}, el('h1', '', {}, 'Replay'), this.title, filePicker('Open', '.tprp,.png', open), el('a', '', { href: './editor.html' }, 'Map editor')),
      this.stage.root,
      el(
        'aside', '', {},
        el('section', '', {}, el('h2', '', {}, 'View'), this.people),
        el('section', '', {}, el('h2', '', {}, 'Kills'), this.kills),
        el('section', '', {}, el('h2', '', {}, 'Evidence'), this.evidence),
        el('section', '', {}, el('h2', '', {}, 'Recording'), this.facts),
      ),
      el(
        'footer', '', {},
        this.timeline.root,
        el('div', 'row', {}, this.play, this.speed, this.sound, this.time, this.hash, this.total),
      ),
    );
    window.addEventListener('keydown', (event) => this.key(event));
    this.showSound();
    requestAnimationFrame((now) => this.tick(now));
    const match = query.get('match');
    if (match !== null) void this.openMatch(match);
    else this.stage.say('Drop a recording (.tprp) here, or open one. It is played in this page and goes nowhere.');
  }

  private addRow(slot: number): void {
    const icon = el('i');
    const name = el('span', '', {}, slot < 0 ? 'All, without fog' : '');
    const state = el('small');
    const kills = el('small');
    const root = button('', () => this.look(slot), { 'aria-pressed': String(slot < 0) });
    root.append(icon, name, state, kills);
    setShown(root, slot < 0);
    this.people.append(root);
    this.rows.push({ root, icon, name, state, kills });
  }

  private async openMatch(id: string): Promise<void> {
    if (!MATCH_ID.test(id)) {
      this.stage.say('A match id has 1 to 64 letters, digits, hyphens and underscores; open a file instead.', true);
      return;
    }
    this.stage.say(`Fetching the recording of match ${id} ...`);
    try {
      const response = await fetch(`${serverUrl()}/replays/${encodeURIComponent(id)}`);
      // A server that knows nothing of recordings may answer with the game's page.
      if (response.status === 404 || response.headers.get('content-type')?.startsWith('text/html')) {
        this.stage.say(`There is no recording of match ${id}: the match is not over yet, its recording has been removed, or this server keeps none.`, true);
        return;
      }
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      this.open(new Uint8Array(await response.arrayBuffer()), `match ${id}`);
    } catch (error) {
      this.stage.say(`The recording of match ${id} could not be fetched: ${message(error)}`, true);
    }
  }

  private async openFile(file: File): Promise<void> {
    try {
      const bytes = await readFile(file);
      if (bytes[0] === 0x89 && bytes[1] === 0x50) this.openMap(bytes, file.name);
      else this.open(bytes, file.name);
    } catch (error) {
      this.stage.say(`${file.name}: ${message(error)}`, true);
    }
  }

  private openMap(bytes: Uint8Array, name: string): void {
    this.engine.loadPng(bytes, 0);
    if (this.waiting) this.open(this.waiting.bytes, this.waiting.name);
    else this.stage.say(`The map ${name} is loaded; now open the recording made on it.`);
  }

  private open(bytes: Uint8Array, name: string): void {
    let info: ReplayInfo;
    try {
      info = this.engine.openReplay(bytes);
    } catch (error) {
      const lacksMap = error instanceof EngineError && error.field === 'map';
      this.waiting = lacksMap ? { bytes, name } : null;
      this.stage.say(`${name}: ${message(error)}`, true);
      return;
    }
    this.waiting = null;
    this.playback = new Playback(this.engine, info);
    this.playback.speed = Number(this.speed.value);
    this.viewer = -1;
    this.names.clear();
    this.teams.clear();
    for (const { slot, key, value } of [...info.labels, ...info.marks.flatMap((mark) => (mark.what === 'label' ? [{ slot: mark.slot ?? null, key: mark.key!, value: mark.value! }] : []))]) {
      if (slot !== null && key === 'name') this.names.set(slot, value);
    }
    this.shownKills = 0;
    this.shownEvidence = 0;
    this.kills.replaceChildren();
    this.evidence.replaceChildren();
    this.drawnWalls = '';
    this.ears.clear();
    this.field.forget();
    this.timeline.show(this.playback);
    this.showFacts(info, name);
    for (const control of [this.play, this.speed]) control.disabled = false;
    setShown(this.score, true);
    this.stage.clear();
    this.playback.playing = true;
    this.showPlaying();
  }

  private showFacts(info: ReplayInfo, name: string): void {
    const label = (key: string): string | undefined => info.labels.find((entry) => entry.slot === null && entry.key === key)?.value;
    const facts: readonly (readonly [string, string | undefined])[] = [
      ['Match', label('match')], ['Map', label('map') ?? info.map.hash], ['Length', clockTime((1000 * (info.lastTick - info.firstTick)) / info.tickRate)],
      ['Rules', `${info.rules}, ${info.killTarget} kills`], ['Ticks', `${info.tickRate} a second`], ['Engine', info.engine],
      ['File', info.complete ? 'whole' : 'without its end: its host stopped early'],
    ];
    this.facts.replaceChildren(
      ...facts.flatMap(([term, value]) => (value === undefined ? [] : [el('dt', '', {}, term), el('dd', '', {}, value)])),
    );
    setText(this.title, name);
    document.title = `Trespasser: ${name}`;
  }

  private key(event: KeyboardEvent): void {
    if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      this.toggle();
    } else if (event.key === 'm') this.toggleSound();
    else if (/^[0-8]$/.test(event.key)) {
      const slot = Number(event.key) - 1;
      if (!this.rows[slot + 1]!.root.hidden) this.look(slot);
    } else if (event.key === '.' && this.playback && !this.playback.playing) this.guarded(() => this.playback!.step(1));
  }

  private toggle(): void {
    const { playback } = this;
    if (!playback) return;
    playback.playing = !playback.playing;
    if (playback.playing && playback.ended) void this.seek(playback.info.firstTick);
    this.showPlaying();
  }

  private showPlaying(): void {
    setText(this.play, this.playback?.playing === true ? 'Pause' : 'Play');
  }

  private toggleSound(): void {
    this.ears.on = !this.ears.on;
    this.showSound();
  }

  private showSound(): void {
    this.sound.setAttribute('aria-pressed', String(this.ears.on));
  }

  private look(slot: number): void {
    this.viewer = slot;
    this.ears.clear();
    this.field.forget();
    this.rows.forEach(({ root }, at) => root.setAttribute('aria-pressed', String(at - 1 === slot)));
  }

  private async seek(tick: number): Promise<void> {
    const { playback } = this;
    if (!playback) return;
    this.ears.clear();
    this.field.forget();
    try {
      await playback.seek(tick, () => new Promise((resolve) => requestAnimationFrame(() => resolve())));
    } catch (error) {
      this.fail(error);
    }
    this.field.forget();
  }

  /** What the engine refuses in a damaged recording stops it, and says why; another can be opened. */
  private fail(error: unknown): void {
    if (this.playback) this.playback.playing = false;
    this.showPlaying();
    if (error instanceof EngineError && error.code === 'PANIC') this.playback = null;
    this.stage.say(message(error), true);
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  private tick(now: number): void {
    requestAnimationFrame((next) => this.tick(next));
    const passed = Math.min(250, now - this.lastMs);
    this.lastMs = now;
    const { playback } = this;
    if (!playback) return;
    this.guarded(() => {
      playback.advance(passed);
      this.draw(playback, now);
      for (const end = performance.now() + SCAN_MS; performance.now() < end; ) if (!playback.scan(10)) break;
    });
    this.showPlaying();
  }

  private draw(playback: Playback, now: number): void {
    const { engine, viewer } = this;
    const frame = engine.replayFrame(viewer);
    const walls = `${viewer} ${frame.walls} ${playback.info.map.hash}`;
    if (walls !== this.drawnWalls) {
      if (this.drawnWalls === '') this.buildWalls();
      this.field.terrain.update(engine.replayWalls(viewer));
      this.drawnWalls = walls;
    }
    for (const { slot, team } of frame.players) this.teams.set(slot, team);
    const sights = viewer >= 0 ? [] : frame.players.filter(({ alive }) => alive).map(({ slot, team }) => ({ team, polygon: engine.replayPolygon(slot) }));
    this.field.draw({
      frame, viewer: viewer < 0 ? null : viewer, polygon: viewer < 0 ? null : engine.replayPolygon(viewer), sights, names: this.names,
    });
    this.ears.update(frame.sounds, playback.playing && playback.speed <= FASTEST_HEARD && playback.progress === null, now);
    this.showPeople(frame);
    this.showNumbers(frame, playback);
    this.showLists(playback);
    this.timeline.draw((slot) => this.teams.get(slot) ?? null);
  }

  /** The map as the recording has it, in slices of the engine. */
  private buildWalls(): void {
    this.field.terrain.build(this.engine.replaySlices(), this.about.materials);
  }

  private showPeople(frame: ShowFrame): void {
    for (let slot = 0; slot < 8; slot += 1) {
      const row = this.rows[slot + 1]!;
      const player = frame.players.find((other) => other.slot === slot);
      setShown(row.root, player !== undefined);
      if (!player) continue;
      row.icon.className = player.team;
      row.root.classList.toggle('dead', !player.alive);
      setText(row.name, this.names.get(slot) ?? `Player ${slot + 1}`);
      const health = player.health === undefined ? '' : `${Math.ceil(player.health)} ${weaponLabel(player.weapon ?? '')}`;
      setText(row.state, player.alive ? health : 'dead');
      setText(row.kills, `${player.kills} / ${player.deaths}`);
    }
  }

  private showNumbers(frame: ShowFrame, playback: Playback): void {
    const now = clockTime(1000 * playback.seconds(playback.tick));
    const end = clockTime(1000 * playback.seconds(playback.info.lastTick));
    const progress = playback.progress === null ? '' : `  seeking ${Math.round(100 * playback.progress)}%`;
    setText(this.time, `${now} / ${end}${progress}`);
    this.score.replaceChildren(el('span', 'red', {}, String(frame.score[0])), ' : ', el('span', 'blue', {}, String(frame.score[1])));
    const { check } = playback;
    const same = check !== null && check.found === check.expected;
    this.hashDot.className = check === null ? '' : same ? 'same' : 'other';
    setText(this.hashText, check === null ? `${frame.hash}` : `${frame.hash}  second ${Math.round(playback.seconds(check.tick))}: ${same ? 'as in the file' : `not the file's ${check.expected}`}`);
    const { compared, different, scanEnded, scanned, info } = playback;
    const share = Math.round((100 * (scanned - info.firstTick)) / Math.max(1, playback.length));
    const verdict = different.length > 0 ? `${different.length} of ${compared} hashes differ` : `${compared} hashes, all as in the file`;
    setText(this.total, scanEnded ? `Whole recording: ${verdict}` : `Looking through it: ${share}%`);
    this.total.className = `hash ${different.length > 0 ? 'bad' : scanEnded ? 'good' : ''}`;
  }

  private showLists(playback: Playback): void {
    const jump = (tick: number, text: string, small: string): HTMLElement => {
      const to = tick - 2 * playback.info.tickRate;
      const line = button(text, () => void this.seek(to));
      line.append(' ', el('small', '', {}, small));
      return el('li', '', {}, line);
    };
    const name = (slot: number): string => this.names.get(slot) ?? (slot < 8 ? `Player ${slot + 1}` : 'Nobody');
    const at = (tick: number): string => clockTime(1000 * playback.seconds(tick));
    for (const kill of playback.kills.slice(this.shownKills)) {
      const own = kill.teamKill ? ', of the own team' : '';
      this.kills.append(jump(kill.tick, `${at(kill.tick)}  ${name(kill.killer)} > ${name(kill.victim)}`, `${weaponLabel(kill.weapon ?? '')}${own}`));
    }
    this.shownKills = playback.kills.length;
    const fresh = playback.evidence.slice(this.shownEvidence, MOST_LINES);
    for (const piece of fresh) {
      const sure = piece.statistical ? 'statistical' : 'certain';
      this.evidence.append(jump(piece.tick, `${at(piece.tick)}  ${name(piece.slot)}: ${piece.kind}`, `${sure}, ${Math.round(100 * piece.grade)}%`));
    }
    this.shownEvidence += fresh.length;
    if (playback.evidence.length === 0 && playback.scanEnded && this.evidence.childElementCount === 0) {
      this.evidence.append(el('li', 'wait', {}, 'The guard has found nothing.'));
    }
  }
}

void preparePage().then(async (root) => {
  try {
    new ReplayPage(root, await fetchEngine());
  } catch (error) {
    root.append(el('p', 'message bad', { role: 'alert' }, `The replay viewer can't run here: ${message(error)}`));
  }
});
