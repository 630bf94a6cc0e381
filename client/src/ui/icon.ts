import { weaponIcon } from '../render/weaponIcons';
import { el } from './dom';

/** The weapon's picture, silent to screen readers: its name stands beside it. */
export function iconOf(type: string, scale = 1): HTMLElement {
  const icon = weaponIcon(type);
  const box = el('span', 'icon', { 'aria-hidden': 'true' });
  box.style.width = `calc(var(--px) * ${icon.width * scale})`;
  box.style.height = `calc(var(--px) * ${icon.height * scale})`;
  box.style.backgroundImage = `url(${icon.url})`;
  return box;
}
