export { GAUGE_STATE, Metrics, type GaugeState, type MetricSources, type ServerState } from './metrics.js';
export { measureRoundTrips } from './round-trips.js';
