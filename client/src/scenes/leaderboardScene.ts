import { askBoard } from '../net/leaderboard';
import { LeaderboardView } from '../ui/leaderboard';
import { Backdrop } from './backdrop';
import { BaseScene } from './baseScene';

/** Where a server does not say which modes it has. */
const USUAL_MODES = ['standard', 'duel'] as const;

export class LeaderboardScene extends BaseScene {
  private backdrop: Backdrop | null = null;
  private view: LeaderboardView | null = null;
  private mode = '';
  /** Counts the questions: an answer to an older one is dropped. */
  private asked = 0;
  /** `next` of the page that is shown. */
  private next = '';

  constructor() {
    super('leaderboard');
  }

  protected override begin(): void {
    const { services } = this;
    this.backdrop = new Backdrop(this);
    const known = services.matchmaking.service?.modes ?? [];
    const modes = known.length > 0 ? known : USUAL_MODES;
    this.mode = modes.includes('standard') ? 'standard' : modes[0]!;
    this.view = new LeaderboardView(
      services.ui, modes, this.mode,
      {
        onMode: (mode) => {
          this.mode = mode;
          void this.ask('');
        },
        onNext: () => void this.ask(this.next),
        onTop: () => void this.ask(''),
        onBack: () => this.scene.start('menu', { focus: 'open-leaderboard' }),
      },
      this.disposer,
    );
    void this.ask('');
  }

  override update(time: number): void {
    this.backdrop?.update(time, this.services.settings.fog);
  }

  protected override end(): void {
    this.asked += 1;
    this.view = null;
    this.backdrop?.destroy();
    this.backdrop = null;
  }

  private async ask(after: string): Promise<void> {
    const question = (this.asked += 1);
    this.view?.asking();
    const answer = await askBoard(this.services.matchmaking.means, this.mode, after);
    if (question !== this.asked) return;
    if ('problem' in answer) {
      this.view?.fail(answer.problem);
      return;
    }
    this.next = answer.page.next ?? '';
    this.view?.show(answer.page, answer.own, after === '');
  }
}
