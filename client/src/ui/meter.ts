/**
 * How full a bar is, in whole px of the playfield. What is beyond is cut off: another width or height would have the browser
 * lay out all that is around it, and leave the old layout to its collector.
 */
export class Meter {
  private shown = -1;

  /** @param size px that the element has when it is full */
  constructor(
    private readonly element: HTMLElement,
    private readonly size: number,
    private readonly from: 'left' | 'bottom',
  ) {}

  /** @param share 0 to 1 */
  show(share: number): void {
    const px = Math.round(Math.min(1, Math.max(0, share)) * this.size);
    if (px === this.shown) return;
    this.shown = px;
    const cut = `${(100 * (1 - px / this.size)).toFixed(3)}%`;
    this.element.style.clipPath = this.from === 'left' ? `inset(0 ${cut} 0 0)` : `inset(${cut} 0 0)`;
  }
}
