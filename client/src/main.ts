import Phaser from 'phaser';
import { loadWebGL } from '../phaser/parts';
import { GameAudio } from './audio/gameAudio';
import './ui/style.css';
import { Disposer } from './core/disposer';
import { FIELD_HEIGHT, FIELD_WIDTH } from './core/rules';
import { codeOf } from './model/lobbies';
import { parseLoadout } from './model/loadout';
import { Matchmaking, matchmakingMeans } from './net/matchmaking';
import { partyCodeOf } from './net/matchmakingProtocol';
import { SocketLink } from './net/socketLink';
import { pageMeans, WireLink } from './net/wireLink';
import { choosePalette, css, PALETTE, publishPalette } from './render/palette';
import { paintTeams } from './render/textures';
import { buildTrueType } from './render/ttf';
import { BootScene } from './scenes/bootScene';
import { LeaderboardScene } from './scenes/leaderboardScene';
import { LobbiesScene } from './scenes/lobbiesScene';
import { MatchScene } from './scenes/matchScene';
import { MenuScene } from './scenes/menuScene';
import { QueueScene } from './scenes/queueScene';
import { provideServices } from './services';
import { loadSettings } from './settings';
import { installTestHook } from './testHook';
import { cleanName } from './ui/menu';
import { fitFrame } from './ui/viewport';
import { loadWish } from './wishStore';

/** Of the page's address: server, renderer=canvas, autojoin=1, name, team, loadout, lobby, party, wire=off. */
const query = new URLSearchParams(location.search);

/** `server` may name another origin, for a client served from elsewhere. */
function serverUrl(): string {
  const wanted = query.get('server');
  if (!wanted) return location.origin;
  try {
    const url = new URL(wanted, location.href);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.origin;
  } catch {
    // Falls through to the page's own.
  }
  return location.origin;
}

async function loadTypeface(): Promise<void> {
  try {
    const face = new FontFace('Trespasser Pixel', buildTrueType('Trespasser Pixel'));
    document.fonts.add(await face.load());
  } catch (error) {
    console.warn('trespasser: the pixel typeface was not taken; the system one is used', error);
  }
}

/** The Canvas renderer where the other is not wanted, not there, or not to be had: both show the same. */
async function rendererType(): Promise<number> {
  if (query.get('renderer') === 'canvas') return Phaser.CANVAS;
  try {
    return (await loadWebGL()) ? Phaser.WEBGL : Phaser.CANVAS;
  } catch (error) {
    console.warn('trespasser: the WebGL renderer was not loaded; Canvas is used', error);
    return Phaser.CANVAS;
  }
}

function start(type: number): void {
  const frame = document.getElementById('frame');
  const ui = document.getElementById('ui');
  if (!frame || !ui) throw new Error('the page lacks its frame');
  const settings = loadSettings();
  choosePalette(settings.palette);
  publishPalette(document.documentElement);
  // Lives as long as the page.
  fitFrame(frame, new Disposer());

  const wish = loadWish();
  const name = cleanName(query.get('name') ?? '');
  if (name) wish.name = name;
  const team = query.get('team');
  if (team === 'red' || team === 'blue' || team === 'auto') wish.team = team;
  const loadout = query.get('loadout');
  if (loadout) wish.loadout = parseLoadout(loadout);
  const autojoin = query.get('autojoin') === '1';
  if (autojoin && !wish.name) wish.name = 'Player';

  const game = new Phaser.Game({
    type,
    parent: frame,
    width: FIELD_WIDTH,
    height: FIELD_HEIGHT,
    backgroundColor: css(PALETTE.ink),
    pixelArt: true,
    roundPixels: true,
    banner: false,
    // Nothing has effects; each would be a shader to compile.
    disablePreFX: true,
    disablePostFX: true,
    // Input is read from the DOM, and sound comes from WebAudio directly (audio/).
    audio: { noAudio: true },
    input: { keyboard: false, mouse: false, touch: false, gamepad: false },
    scale: { mode: Phaser.Scale.NONE, autoRound: true },
    scene: [new BootScene(autojoin ? 'match' : 'menu'), new MenuScene(), new LobbiesScene(), new QueueScene(), new LeaderboardScene(), new MatchScene()],
  });
  // Phaser appends its canvas; the HTML belongs over it.
  frame.append(ui);
  game.canvas.setAttribute('aria-hidden', 'true');
  const audio = new GameAudio(settings);
  const url = serverUrl();
  const socket = new SocketLink(url);
  const link = query.get('wire') === 'off' ? socket : new WireLink(socket, pageMeans(() => socket.url));
  provideServices(game, {
    link,
    matchmaking: new Matchmaking(matchmakingMeans(url)),
    aim: (host) => socket.aim(host),
    ui,
    wish,
    settings,
    audio,
    match: null,
    invite: codeOf(query.get('lobby') ?? ''),
    partyInvite: partyCodeOf(query.get('party') ?? ''),
    applyPalette() {
      choosePalette(settings.palette);
      publishPalette(document.documentElement);
      paintTeams(game.textures);
    },
  });
  installTestHook(game, Phaser.CANVAS);
}

void Promise.all([rendererType(), loadTypeface()]).then(([type]) => start(type));
