import type { SoundKind } from '../core/sounds';
import type { HeardSound } from '../net/protocol';
import type { SoundBank } from './bank';
import { buildMaster, levelOf, Voice, type Master } from './graph';
import { variantCount } from './synth';

/** More at once are a noise in which none is told from another, and work for a slow machine. */
const MAX_VOICES = 32;
/** Of one kind in one telling: a blast that breaks twenty slices is one big crash, not twenty times the loudness. */
const MAX_ALIKE = 4;
/** Seconds over which those spread, since the same wave at the same time would only add up. */
const SPREAD = 0.02;
/** Seconds in which a voice that gives way fades: at once would click. */
const YIELD = 0.012;
/** Share by which the pitch of repeated sounds varies. */
const DETUNE = 0.03;
/**
 * Seconds between two of the own steps. One is told of every 16 px, up to nine a second when running: true to what others
 * may hear, and a drum roll in one's own ears. Those of others are all played.
 */
const OWN_STRIDE = 0.2;
/** Seconds in which the volume follows its slider. */
const GLIDE = 0.02;

/**
 * Plays what is heard, on any context. A voice is cut off when its source ends, and waits for the next sound; all of them
 * are taken apart with `close`.
 */
export class Mixer {
  /** Voices started; given up for louder ones; not started for louder ones. */
  played = 0;
  stolen = 0;
  refused = 0;

  private readonly master: Master;
  private readonly voices: Voice[] = [];
  private readonly yielding = new Set<Voice>();
  /** Voices without a sound, at most as many as ever sounded at once. */
  private readonly free: Voice[] = [];
  private readonly lastVariant = new Map<SoundKind, number>();
  private readonly alike = new Map<SoundKind, number>();
  private nextOwnStep = 0;
  private closed = false;

  /** @param random in [0, 1) */
  constructor(
    private readonly context: BaseAudioContext,
    private readonly bank: SoundBank,
    private readonly random: () => number = Math.random,
  ) {
    this.master = buildMaster(context);
  }

  /** Sounding now, those that fade to make room included. */
  get voiceCount(): number {
    return this.voices.length + this.yielding.size;
  }

  /** Nodes connected, the master's included. */
  get nodeCount(): number {
    let count = this.closed ? 0 : this.master.nodes.length;
    for (const voice of this.voices) count += voice.nodeCount;
    for (const voice of this.yielding) count += voice.nodeCount;
    return count;
  }

  /** @param volume 0 to 1, even steps to the ear */
  setVolume(volume: number): void {
    const { gain } = this.master.gain;
    const wanted = volume * volume;
    // Before the first sound it just is so: a glide from full would be heard.
    if (this.played === 0) gain.value = wanted;
    else gain.setTargetAtTime(wanted, this.context.currentTime, GLIDE);
  }

  hear(sounds: readonly HeardSound[]): void {
    if (this.closed) return;
    this.alike.clear();
    const loudestFirst = sounds.length > 1 ? [...sounds].sort((a, b) => levelOf(b) - levelOf(a)) : sounds;
    for (const sound of loudestFirst) {
      if (sound.own && sound.kind.startsWith('footstep')) {
        if (this.context.currentTime < this.nextOwnStep) continue;
        this.nextOwnStep = this.context.currentTime + OWN_STRIDE;
      }
      const before = this.alike.get(sound.kind) ?? 0;
      if (before >= MAX_ALIKE) continue;
      this.alike.set(sound.kind, before + 1);
      this.play(sound, before === 0 ? 0 : SPREAD * this.random());
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const voice of [...this.voices, ...this.yielding, ...this.free]) voice.close();
    this.voices.length = 0;
    this.yielding.clear();
    this.free.length = 0;
    for (const node of this.master.nodes) node.disconnect();
  }

  private play(sound: HeardSound, delay: number): void {
    const { context } = this;
    if (this.voices.length >= MAX_VOICES && !this.makeRoom(levelOf(sound))) {
      this.refused += 1;
      return;
    }
    const buffer = this.bank.get(context, sound.kind, this.variant(sound.kind));
    const rate = 1 + (this.random() * 2 - 1) * DETUNE;
    const voice = this.free.pop() ?? new Voice(context, this.master.gain, this.end);
    voice.start(buffer, sound, context.currentTime + delay, rate);
    this.voices.push(voice);
    this.played += 1;
  }

  /** Another than the last. */
  private variant(kind: SoundKind): number {
    const count = variantCount(kind);
    const last = this.lastVariant.get(kind);
    let next = Math.floor(this.random() * (last === undefined ? count : count - 1));
    if (last !== undefined && next >= last) next += 1;
    next = Math.min(count - 1, next);
    this.lastVariant.set(kind, next);
    return next;
  }

  /** Ends the one that is least missed, the quieter and the nearer its end; of equals, the oldest. */
  private makeRoom(gain: number): boolean {
    const now = this.context.currentTime;
    let victim: Voice | null = null;
    let least = gain;
    for (const voice of this.voices) {
      const left = Math.min(1, Math.max(0, 1 - (now - voice.startsAt) / voice.length));
      if (voice.gain * left >= least) continue;
      least = voice.gain * left;
      victim = voice;
    }
    if (!victim) return false;
    this.stolen += 1;
    this.voices.splice(this.voices.indexOf(victim), 1);
    this.yielding.add(victim);
    victim.fade(now, YIELD);
    return true;
  }

  private readonly end = (voice: Voice): void => {
    this.free.push(voice);
    if (this.yielding.delete(voice)) return;
    const index = this.voices.indexOf(voice);
    if (index >= 0) this.voices.splice(index, 1);
  };
}
