import { describe, expect, it } from 'vitest';
import { SUPPORT_SLOTS, weaponInfo, WEAPONS } from '../src/core/rules';
import { RecentBlasts } from '../src/model/blasts';
import { ChargeMeter } from '../src/model/charge';
import { FlashEye, type Dazzle } from '../src/model/flash';
import { HeatGauge } from '../src/model/heat';
import { HURT_MS, HurtSigns } from '../src/model/hurt';
import { cleanLoadout, DEFAULT_LOADOUT, parseLoadout, slotsUsed, toggleSupport, weaponsOf, whyNot } from '../src/model/loadout';
import { ProjectileSet } from '../src/model/projectiles';
import { SmokeSet } from '../src/model/smoke';
import { statsOf } from '../src/model/stats';
import { READERS, type ProjectileState, type SmokeState } from '../src/net/protocol';
import { Shake } from '../src/render/shake';

describe('a loadout', () => {
  it('has five primaries, three secondaries and seven support items to choose from', () => {
    expect([weaponsOf('primary').length, weaponsOf('secondary').length, weaponsOf('support').length]).toEqual([5, 3, 7]);
    expect(weaponsOf('support').map(({ cost }) => cost)).toEqual([3, 3, 2, 2, 1, 1, 1]);
  });

  it('takes what fits and says why it does not', () => {
    expect(whyNot([], 'machinegun')).toBe('');
    expect(whyNot(['grenade'], 'machinegun')).toContain('3 slots, 2 are free');
    expect(whyNot(['rocket', 'grenade'], 'smokegrenade')).toContain('1 slot, none is free');
    expect(whyNot(['rocket'], 'grenade')).toBe('');
    expect(whyNot([], 'rifle')).not.toBe('');
    const full = { ...DEFAULT_LOADOUT, support: ['rocket', 'grenade'] };
    expect(toggleSupport(full, 'flashbang')).toBe(full);
    expect(toggleSupport(full, 'rocket').support).toEqual(['grenade']);
  });

  it('can never be made illegal by any run of choices', () => {
    let loadout = DEFAULT_LOADOUT;
    let word = 12345;
    for (let i = 0; i < 5000; i += 1) {
      word = (Math.imul(word, 1103515245) + 12345) >>> 0;
      const support = weaponsOf('support');
      loadout = toggleSupport(loadout, support[(word >>> 16) % support.length]!.type);
      expect(slotsUsed(loadout.support)).toBeLessThanOrEqual(SUPPORT_SLOTS);
      expect(new Set(loadout.support).size).toBe(loadout.support.length);
    }
  });

  it('is made legal out of whatever was stored or written into the address', () => {
    expect(parseLoadout('smg,revolver,rocket,grenade')).toEqual({ primary: 'smg', secondary: 'revolver', support: ['rocket', 'grenade'] });
    expect(parseLoadout('smg')).toEqual({ primary: 'smg', secondary: 'pistol', support: [] });
    expect(parseLoadout('pistol,rifle,machinegun,rocket,grenade,grenade')).toEqual({
      primary: 'rifle', secondary: 'pistol', support: ['machinegun'],
    });
    for (const garbage of [null, 7, 'x', [], { primary: {}, support: 'rocket' }]) {
      expect(cleanLoadout(garbage)).toEqual(DEFAULT_LOADOUT);
    }
    expect(cleanLoadout({ support: [1, null, 'constructor', 'grenade', 'grenade'] }).support).toEqual(['grenade']);
  });

  it('shows bars between nothing and full for every weapon, and the best with the fullest', () => {
    for (const weapon of WEAPONS) for (const stat of statsOf(weapon)) {
      expect(stat.share).toBeGreaterThanOrEqual(0);
      expect(stat.share).toBeLessThanOrEqual(1);
    }
    const share = (type: string, label: string): number => statsOf(weaponInfo(type)!).find((stat) => stat.label === label)!.share;
    expect(share('machinegun', 'Rate')).toBe(1);
    expect(share('antimaterialrifle', 'Range')).toBe(1);
    expect(share('sniperrifle', 'Damage')).toBeGreaterThan(share('rifle', 'Damage'));
  });
});

describe('the charge of a throw', () => {
  it('gains a level every 250 ms, five at most', () => {
    const charge = new ChargeMeter();
    charge.update(false, 'grenade', 0);
    charge.update(true, 'grenade', 1000);
    expect([1000, 1249, 1250, 1999, 2000, 9000].map((ms) => charge.level(ms))).toEqual([1, 1, 2, 4, 5, 5]);
    charge.update(false, 'grenade', 2000);
    expect(charge.level(2001)).toBe(0);
  });

  it('needs a press of its own: not one from before the switch, not one that a throw used up', () => {
    const charge = new ChargeMeter();
    charge.update(true, '', 0);
    charge.update(true, 'grenade', 50);
    expect(charge.level(60)).toBe(0);
    charge.update(false, 'grenade', 100);
    charge.update(true, 'grenade', 150);
    expect(charge.level(160)).toBe(1);
    charge.spend();
    charge.update(true, 'grenade', 200);
    expect(charge.level(600)).toBe(0);
    charge.update(false, 'grenade', 700);
    charge.update(true, 'grenade', 750);
    charge.update(true, 'flashbang', 800);
    expect(charge.level(900)).toBe(0);
  });
});

describe('heat', () => {
  it('cools by itself, stays full while silent and comes back at half', () => {
    const heat = new HeatGauge();
    heat.tell(60, false, 0);
    expect(heat.level(2000)).toBe(40);
    heat.tell(100, true, 3000);
    heat.tell(100, true, 4000);
    expect(heat.overheated(5999)).toBe(true);
    expect(heat.level(5999)).toBe(100);
    expect(heat.overheated(6000)).toBe(false);
    expect(heat.level(7000)).toBe(40);
    heat.tell(45, false, 6500);
    expect(heat.level(6500)).toBe(45);
    heat.reset();
    expect(heat.level(7000)).toBe(0);
  });
});

describe('a flash', () => {
  const dazzle = (): Dazzle => ({ phase: 'none', glare: 0, blur: 0, vignette: 0 });
  const phases = { blindMs: 1000, disorientedMs: 1000, recoveringMs: 500 };

  it('blinds, blurs, recovers and ends', () => {
    const eye = new FlashEye();
    eye.hit(1, phases, 0);
    expect(eye.at(100, dazzle())).toMatchObject({ phase: 'blind', glare: 1 });
    expect(eye.at(1500, dazzle()).phase).toBe('disoriented');
    expect(eye.at(2200, dazzle())).toMatchObject({ phase: 'recovering', glare: 0 });
    expect(eye.at(2500, dazzle())).toEqual(dazzle());
  });

  it('only ever fades, and shows nothing clearly while blind', () => {
    for (const intensity of [0.2, 0.5, 1]) {
      const eye = new FlashEye();
      eye.hit(intensity, phases, 0);
      let before = eye.at(0, dazzle());
      for (let t = 10; t < 2600; t += 10) {
        const now = eye.at(t, dazzle());
        expect(now.glare).toBeLessThanOrEqual(before.glare + 1e-9);
        expect(now.blur).toBeLessThanOrEqual(before.blur + 1e-9);
        expect(now.vignette).toBeLessThanOrEqual(before.vignette + 1e-9);
        if (now.phase === 'blind') expect(now.glare).toBeGreaterThan(0.5);
        before = now;
      }
    }
  });

  it('is not shortened by a weaker one, and lengthened by a later one', () => {
    const eye = new FlashEye();
    eye.hit(1, phases, 0);
    eye.hit(0.2, { blindMs: 200, disorientedMs: 200, recoveringMs: 100 }, 300);
    expect(eye.at(900, dazzle()).phase).toBe('blind');
    eye.hit(1, phases, 900);
    expect(eye.at(1800, dazzle()).phase).toBe('blind');
    eye.reset();
    expect(eye.at(1900, dazzle()).phase).toBe('none');
  });
});

describe('what flies', () => {
  const state = (id: string, x: number, vx: number, more: Partial<ProjectileState> = {}): ProjectileState => ({
    id, type: 'grenade', x, y: 10, velocityX: vx, velocityY: 0, fuseAt: 0, ...more,
  });
  const pose = { x: 0, y: 0, rotation: 0 };

  it('is blended between states', () => {
    const set = new ProjectileSet();
    set.states([state('p', 10, 100)], 1000);
    set.states([state('p', 15, 100)], 1050);
    set.flying.get('p')!.at(1025, pose);
    expect(pose.x).toBeCloseTo(12.5);
  });

  it('tells of a bounce where it turns, not where it rests', () => {
    const set = new ProjectileSet();
    const bounces: number[] = [];
    set.onBounce = (x) => bounces.push(x);
    set.states([state('p', 10, 100)], 1000);
    set.states([state('p', 15, 100)], 1050);
    set.states([state('p', 14, -70)], 1100);
    set.states([state('p', 14, -2)], 1150);
    set.states([state('p', 14, 2)], 1200);
    expect(bounces).toEqual([14]);
  });

  it('is gone with the state that does not name it, and with its explosion', () => {
    const set = new ProjectileSet();
    set.states([state('p', 10, 100), state('q', 10, 100)], 1000);
    set.states([state('p', 10, 100)], 1050);
    expect([...set.flying.keys()]).toEqual(['p']);
    set.remove('p');
    expect(set.flying.size).toBe(0);
  });

  it('is there from its event until a state should have named it', () => {
    const set = new ProjectileSet();
    const created = { id: 'p', type: 'rocket', playerId: 'a', position: { x: 1, y: 1 }, velocity: { x: 200, y: 0 }, timestamp: 1000 };
    set.created(created, 1000);
    set.states([], 990);
    set.states([], 1050);
    expect(set.flying.size).toBe(1);
    set.states([], 1500);
    expect(set.flying.size).toBe(0);
  });

  it('does not fill the page, whatever a server sends', () => {
    const set = new ProjectileSet();
    for (let i = 0; i < 5000; i += 1) set.states([state(`p${i}`, 1, 1)], 1000);
    expect(set.flying.size).toBeLessThanOrEqual(128);
  });
});

describe('smoke', () => {
  const zone = (id: string, density: number): SmokeState => ({ id, x: 100, y: 100, radius: 60, density });

  it('is as dense as the rule book has it, and adds up to at most 1', () => {
    const smoke = new SmokeSet();
    smoke.states([zone('a', 0.8)]);
    expect(smoke.opacity(100, 100)).toBeCloseTo(0.8);
    expect(smoke.opacity(130, 100)).toBeCloseTo(0.8 * 0.75);
    expect(smoke.opacity(160, 100)).toBe(0);
    smoke.states([zone('a', 0.8), zone('b', 0.8)]);
    expect(smoke.opacity(100, 100)).toBe(1);
  });

  it('follows what it is told and vanishes soon after it is told of no more', () => {
    const smoke = new SmokeSet();
    smoke.states([{ ...zone('a', 0), radius: 0 }]);
    smoke.states([zone('a', 0.9)]);
    for (let i = 0; i < 60; i += 1) smoke.update(16);
    expect(smoke.clouds.get('a')!.radius).toBeCloseTo(60, 0);
    smoke.states([]);
    smoke.update(200);
    expect(smoke.clouds.size).toBe(1);
    smoke.update(400);
    expect(smoke.clouds.size).toBe(0);
  });
});

describe('signs of hits', () => {
  it('are one for one direction, and go', () => {
    const hurt = new HurtSigns();
    hurt.add(3.1, 0.3, 0);
    hurt.add(-3.1, 0.5, 100);
    expect(hurt.signs).toEqual([{ angle: -3.1, at: 100, strength: 0.5 }]);
    hurt.add(0, 1, 200);
    hurt.add(Number.NaN, 1, 200);
    hurt.add(Number.NaN, 1, 210);
    expect(hurt.signs.length).toBe(3);
    expect(hurt.recent(50, 250)).toBe(true);
    hurt.prune(211 + HURT_MS);
    expect(hurt.signs.length).toBe(0);
  });

  it('stay few', () => {
    const hurt = new HurtSigns();
    for (let i = 0; i < 100; i += 1) hurt.add(i * 0.7, 1, i);
    expect(hurt.signs.length).toBeLessThanOrEqual(6);
  });
});

describe('explosions', () => {
  it('told twice are one, two at once are two', () => {
    const blasts = new RecentBlasts();
    expect(blasts.note(100, 100, 40, 0)).toBe(true);
    expect(blasts.note(150, 100, 40, 0)).toBe(true);
    expect(blasts.note(100, 100, 40, 5)).toBe(false);
    expect(blasts.note(150, 101, 40, 5)).toBe(false);
    expect(blasts.note(100, 100, 40, 500)).toBe(true);
  });

  it('cause what is near and just after', () => {
    const blasts = new RecentBlasts();
    blasts.note(100, 100, 40, 0);
    blasts.note(160, 100, 40, 0);
    expect(blasts.cause(110, 100, 50)?.x).toBe(100);
    expect(blasts.cause(150, 100, 50)?.x).toBe(160);
    expect(blasts.cause(300, 200, 50)).toBeNull();
    expect(blasts.cause(110, 100, 900)).toBeNull();
  });
});

describe('the shaking', () => {
  it('is bounded, in whole pixels, and ends', () => {
    const shake = new Shake();
    for (let i = 0; i < 20; i += 1) shake.add(1);
    for (let i = 0; i < 30; i += 1) {
      shake.update(16);
      expect(Number.isInteger(shake.x) && Number.isInteger(shake.y)).toBe(true);
      expect(Math.max(Math.abs(shake.x), Math.abs(shake.y))).toBeLessThanOrEqual(6);
    }
    for (let i = 0; i < 100; i += 1) shake.update(16);
    expect([shake.x, shake.y]).toEqual([0, 0]);
  });
});

describe('the readers of arms and effects', () => {
  it('read what a server keeps from the receiver as unknown, not as garbage', () => {
    const hidden = { playerId: 'a', weaponType: 'rifle', position: null, direction: null };
    expect(READERS['weapon:fired']({ ...hidden, ammoRemaining: null })).toMatchObject({ position: null, direction: null });
    expect(READERS['weapon:hit']({ ...hidden, targetType: 'player', targetId: null })).toMatchObject({ position: null, targetId: '' });
    expect(READERS['weapon:miss'](hidden)).toMatchObject({ position: null });
    expect(READERS['projectile:exploded']({ id: 'p', position: null })).toMatchObject({ position: null });
  });

  it('take weapons by name or with their state', () => {
    expect(READERS['weapon:equipped']({ weapons: ['rifle', { type: 'pistol' }, 7], currentWeapon: 'rifle' })).toEqual({
      weapons: ['rifle', 'pistol'], currentWeapon: 'rifle',
    });
  });

  it('bound how long a server can blind', () => {
    const read = READERS.FLASHBANG_EFFECT({
      position: { x: 1, y: 1 },
      affectedPlayers: [
        { playerId: 'a', intensity: 7, phases: { blindDuration: 1e9, disorientedDuration: -5 } },
        { intensity: 1 },
      ],
    });
    expect(read?.affected).toEqual([
      { playerId: 'a', intensity: 1, phases: { blindMs: 10_000, disorientedMs: 0, recoveringMs: 0 } },
    ]);
  });

  it('know an explosion from smoke and flash', () => {
    const read = (type: unknown) => READERS['projectile:exploded']({ id: 'p', type, position: { x: 1, y: 2 }, radius: 50 })?.kind;
    expect([read('smoke'), read('flash'), read('explosion'), read(undefined)]).toEqual(['smoke', 'flash', 'explosion', 'explosion']);
  });
});
