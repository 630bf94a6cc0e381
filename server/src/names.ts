export const NAME_LENGTH = 24;

/** A name fit for every screen: no control, format or surrogate characters, 1 to 24 code points; the fallback where nothing is left. */
export function sanitiseName(wish: string | undefined, fallback: string): string {
  // Cut first: the pattern must not walk through a megabyte that somebody calls a name.
  const clean = (wish ?? '').slice(0, 256).replace(/\p{C}/gu, '').replace(/\s+/gu, ' ').trim();
  const cut = [...clean].slice(0, NAME_LENGTH).join('').trim();
  return cut === '' ? fallback : cut;
}
