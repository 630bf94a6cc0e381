type Attributes = Readonly<Record<string, string>>;

/** An element with a class, attributes and children; strings become text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Writes only what differs: an unchanged text costs no layout, and a changed one no new node. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent === text) return;
  const { firstChild } = element;
  if (firstChild && firstChild.nodeType === Node.TEXT_NODE && !firstChild.nextSibling) firstChild.nodeValue = text;
  else element.textContent = text;
}

export function setShown(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown;
}

/** Seconds for people: one decimal below 10, whole above. */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return value < 9.95 ? value.toFixed(1) : String(Math.ceil(value));
}

export function clockTime(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}
