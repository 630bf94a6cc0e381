import { TEAMS, type Team } from '../core/rules';
import { el } from './dom';

export interface Row {
  readonly className: string;
  readonly cells: readonly string[];
  readonly team: Team;
}

/** Rows come sorted by team; with scores, each team has a heading. */
export function table(heads: readonly string[], rows: readonly Row[], scores: Readonly<Record<Team, number>> | null): HTMLElement {
  const body = el('tbody');
  for (const team of TEAMS) {
    const members = rows.filter((row) => row.team === team);
    if (scores) {
      body.append(
        el(
          'tr',
          `head ${team}`,
          {},
          el('th', '', { scope: 'rowgroup' }, team === 'red' ? 'Red' : 'Blue'),
          el('td', '', {}, String(scores[team])),
          el('td'),
          el('td'),
        ),
      );
    }
    members.forEach((row, i) => {
      const first = i === 0 && !scores ? ' first' : '';
      body.append(el('tr', row.className + first, {}, ...row.cells.map((cell) => el('td', '', {}, cell))));
    });
  }
  return el(
    'table',
    '',
    {},
    el('thead', '', {}, el('tr', '', {}, ...heads.map((head) => el('th', '', { scope: 'col' }, head)))),
    body,
  );
}
