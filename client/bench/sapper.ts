import { io, type Socket } from 'socket.io-client';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../src/core/rules';

const STEP_MS = 50;
/** Steps between two throws. */
const PACE = 24;
const JOIN_MS = 10_000;

/**
 * A player without a screen who does nothing but throw: grenades and smoke, from a stock that its server refills
 * (DEBUG_COMMANDS), so that a fight has as many holes and clouds as a measurement promises. Hears today's protocol.
 */
export class Sapper {
  private timer: NodeJS.Timeout | null = null;
  private alive = true;
  private sequence = 0;
  private turn = 0;
  private readonly mouse = { x: FIELD_WIDTH / 2, y: FIELD_HEIGHT / 2 };
  private at = { x: FIELD_WIDTH / 2, y: FIELD_HEIGHT / 2 };

  private constructor(private readonly socket: Socket) {}

  static async join(url: string, name = 'Sapper'): Promise<Sapper> {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
    const sapper = new Sapper(socket);
    const answered = (event: string): Promise<unknown> => new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`the sapper got no ${event} in ${JOIN_MS / 1000} s`)), JOIN_MS);
      socket.once(event, (payload: unknown) => {
        clearTimeout(late);
        done(payload);
      });
    });
    await answered('connect');
    const joined = answered('lobby_joined');
    socket.emit('find_match', { gameMode: 'deathmatch', isPrivate: false });
    await joined;
    const spawned = answered('player:join:success');
    socket.emit('player:join', {
      loadout: { primary: 'smg', secondary: 'pistol', support: [] }, playerName: name, timestamp: Date.now(),
    });
    await spawned;
    socket.on('game:state', (state: { players?: Record<string, { isAlive?: boolean; position?: { x: number; y: number } }> }) => {
      const own = state.players?.[socket.id ?? ''];
      if (!own) return;
      sapper.alive = own.isAlive !== false;
      if (own.position) sapper.at = own.position;
    });
    sapper.timer = setInterval(() => sapper.step(), STEP_MS);
    return sapper;
  }

  close(): void {
    if (this.timer) clearInterval(this.timer);
    this.socket.disconnect();
  }

  private step(): void {
    const { socket } = this;
    this.turn += 1;
    if (!this.alive) {
      if (this.turn % 10 === 0) socket.emit('player:respawn');
      return;
    }
    // Walks where it looks, which changes with every throw.
    const angle = Math.floor(this.turn / PACE) * 2.4;
    this.mouse.x = this.at.x + Math.cos(angle) * 100;
    this.mouse.y = this.at.y + Math.sin(angle) * 100;
    socket.emit('player:input', {
      keys: {
        w: this.mouse.y < this.at.y - 20, a: this.mouse.x < this.at.x - 20, s: this.mouse.y > this.at.y + 20, d: this.mouse.x > this.at.x + 20,
        shift: false, ctrl: false, r: false, g: false, '1': false, '2': false, '3': false, '4': false,
      },
      mouse: { ...this.mouse, buttons: 0, leftPressed: false, rightPressed: false, leftReleased: false, rightReleased: false },
      sequence: (this.sequence += 1),
      timestamp: Date.now(),
    });
    switch (this.turn % PACE) {
      case 0:
        // What is given is in the hand.
        socket.emit('debug:give_weapon', { weaponType: Math.floor(this.turn / PACE) % 2 === 1 ? 'smokegrenade' : 'grenade' });
        break;
      case 16:
        socket.emit('debug:throw_grenade', { chargeLevel: 3 });
        break;
      default:
    }
  }
}
