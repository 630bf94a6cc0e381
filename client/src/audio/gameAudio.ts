import type { Disposer } from '../core/disposer';
import type { HeardSound } from '../net/protocol';
import type { Settings } from '../settings';
import { SoundBank } from './bank';
import { Mixer } from './mixer';

/** Server's ms after which a sound tells of where someone was, not is: after a sleep of the machine, hundreds come at once. */
const STALE_MS = 1000;

export interface AudioCounts {
  /** Of the context; `none` before the first gesture, and for ever where there is no WebAudio. */
  readonly state: AudioContextState | 'interrupted' | 'none';
  readonly voices: number;
  readonly nodes: number;
  readonly played: number;
}

/**
 * The page's ears. One context for the page, since browsers grant few and each takes long to open; a mixer for each
 * scene that sounds. Nothing here throws where sound is missing: the game is then silent.
 */
export class GameAudio {
  private context: AudioContext | null = null;
  private bank: SoundBank | null = null;
  private mixer: Mixer | null = null;
  private listening = false;
  /** The context was told to sleep, which it does in its own time. */
  private asleep = false;
  private volume = Number.NaN;

  constructor(private readonly settings: Settings) {}

  get counts(): AudioCounts {
    const { context, mixer } = this;
    return {
      state: context?.state ?? 'none',
      voices: mixer?.voiceCount ?? 0,
      nodes: mixer?.nodeCount ?? 0,
      played: mixer?.played ?? 0,
    };
  }

  /** For one scene; ends with its disposer. */
  begin(disposer: Disposer): void {
    this.listening = true;
    // A browser lets a page sound after the user has done something in it, and complains of a context made before.
    const wake = (): void => this.wake();
    disposer.listen(window, 'pointerdown', wake);
    disposer.listen(window, 'keydown', wake);
    disposer.add(() => this.end());
    if (navigator.userActivation?.hasBeenActive === true) this.wake();
  }

  /** @param ageMs by the server's clock */
  hear(sounds: readonly HeardSound[], ageMs: number): void {
    // What a sleeping context is given it would play on waking, all at once.
    if (this.context?.state !== 'running' || ageMs > STALE_MS || this.wantedVolume() === 0) return;
    this.mixer?.hear(sounds);
  }

  /** Once a frame. */
  update(): void {
    const { context, bank, mixer } = this;
    if (!context || !bank || !mixer) return;
    bank.warm(context);
    const volume = this.wantedVolume();
    if (volume === this.volume) return;
    this.volume = volume;
    mixer.setVolume(volume);
  }

  private wantedVolume(): number {
    return this.settings.sound ? this.settings.volume : 0;
  }

  private wake(): void {
    if (!this.listening) return;
    try {
      if (!this.context) {
        const Context = window.AudioContext ?? (window as { webkitAudioContext?: typeof AudioContext }).webkitAudioContext;
        if (!Context) return;
        this.context = new Context({ latencyHint: 'interactive' });
        this.bank = new SoundBank(this.context.sampleRate);
      }
      if (!this.mixer) {
        this.mixer = new Mixer(this.context, this.bank!);
        this.volume = this.wantedVolume();
        this.mixer.setVolume(this.volume);
      }
      if (!this.asleep && this.context.state === 'running') return;
      this.asleep = false;
      void this.context.resume().catch(() => {});
    } catch (error) {
      this.listening = false;
      console.warn('trespasser: no sound on this machine', error);
    }
  }

  private end(): void {
    this.listening = false;
    this.mixer?.close();
    this.mixer = null;
    this.asleep = true;
    void this.context?.suspend().catch(() => {});
  }
}
