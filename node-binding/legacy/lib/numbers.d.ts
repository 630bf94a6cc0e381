export interface V2 {
    x: number;
    y: number;
}
/** A thousandth of a pixel or radian: more digits of a 32-bit float are only bytes on the wire. */
export declare function rounded(value: number): number;
export declare function v2(x: number, y: number): V2;
