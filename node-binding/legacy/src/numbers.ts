export interface V2 { x: number; y: number }

/** A thousandth of a pixel or radian: more digits of a 32-bit float are only bytes on the wire. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function v2(x: number, y: number): V2 {
  return { x: rounded(x), y: rounded(y) };
}
