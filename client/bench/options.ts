import { parseArgs } from 'node:util';

/** What the command line says, or why it does not. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

interface NumberOption {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

export interface Wanted<N extends string, C extends string> {
  readonly numbers: Readonly<Record<N, NumberOption>>;
  readonly choices: Readonly<Record<C, readonly [string, ...string[]]>>;
}

export interface Options<N extends string, C extends string> {
  readonly numbers: Readonly<Record<N, number>>;
  /** The first choice where nothing is said. */
  readonly choices: Readonly<Record<C, string>>;
  readonly json: boolean;
  /** Path of a PNG to be drawn; undefined: none. */
  readonly plot: string | undefined;
}

/**
 * Numbers and choices as `wanted` names them, beside `--json` and `--plot FILE.png`.
 *
 * @throws OptionError that names the option and its limits
 */
export function readOptions<N extends string, C extends string>(args: readonly string[], wanted: Wanted<N, C>): Options<N, C> {
  const names = [...Object.keys(wanted.numbers), ...Object.keys(wanted.choices), 'plot'];
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])), json: { type: 'boolean' as const } },
    }));
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split('.')[0]}: there are ${[...names, 'json'].map((name) => `--${name}`).join(', ')}`);
  }
  const numbers = {} as Record<N, number>;
  for (const [name, { fallback, least, most }] of Object.entries<NumberOption>(wanted.numbers)) {
    const text = values[name];
    const value = text === undefined ? fallback : text === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most)) throw new OptionError(`--${name} ${String(text)}: takes a number from ${least} to ${most}`);
    numbers[name as N] = value;
  }
  const choices = {} as Record<C, string>;
  for (const [name, known] of Object.entries<readonly [string, ...string[]]>(wanted.choices)) {
    const value = (values[name] as string | undefined) ?? known[0];
    if (!known.includes(value)) throw new OptionError(`--${name} ${value}: takes one of ${known.join(', ')}`);
    choices[name as C] = value;
  }
  const plot = values['plot'] as string | undefined;
  if (plot !== undefined && !/.\.png$/.test(plot)) throw new OptionError(`--plot ${plot}: takes the name of a .png file`);
  return { numbers, choices, json: values['json'] === true, plot };
}

/** For programs: an error of the command line is one line and exit code 2. */
export function optionsOrExit<N extends string, C extends string>(wanted: Wanted<N, C>): Options<N, C> {
  try {
    return readOptions(process.argv.slice(2), wanted);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
