import { Histogram, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client';

interface PlainHistogramOptions {
  name: string;
  help: string;
  /** Upper bounds, ascending. */
  buckets: number[];
  registry: Registry;
}

/**
 * A histogram without labels that is cheap enough for every tick and every packet: `record` counts in plain arrays and
 * allocates nothing, where prom-client's own `observe` makes two closures and looks a label set up. What it has counted
 * becomes prom-client's values when somebody asks.
 */
export class PlainHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: Float64Array;
  /** By bucket, not added up; the last one has what is above all bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor({ name, help, buckets, registry }: PlainHistogramOptions) {
    super({ name, help, buckets, registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#bounds = Float64Array.from(buckets);
    this.#counts = new Float64Array(buckets.length + 1);
  }

  /** NaN is nobody's measure, and left out. */
  record(value: number): void {
    if (Number.isNaN(value)) return;
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += value;
  }

  /** What prom-client reads for the text; not in its types. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const values: MetricValueWithName<string>[] = [];
    let total = 0;
    this.#counts.forEach((count, bucket) => {
      total += count;
      values.push({ metricName: `${this.#name}_bucket`, labels: { le: this.#bounds[bucket] ?? '+Inf' }, value: total });
    });
    values.push({ metricName: `${this.#name}_sum`, labels: {}, value: this.#sum });
    values.push({ metricName: `${this.#name}_count`, labels: {}, value: total });
    // prom-client's type names a field that its own answers do not have.
    return { name: this.#name, help: this.#help, type: 'histogram', values, aggregator: 'sum' } as unknown as MetricObjectWithValues<MetricValueWithName<string>>;
  }

  override reset(): void {
    // prom-client's constructor calls it before there is anything.
    if (!(#counts in this)) return;
    this.#counts.fill(0);
    this.#sum = 0;
  }
}
