export { admit, AdmissionError, type AdmissionOptions } from './admission.js';
export { Guard } from './guard.js';
export { Hosting, type EntryRefusal, type HostingDependencies, type Stage } from './hosting.js';
export { HOSTING } from './limits.js';
export { ReplayShelf } from './replay-shelf.js';
export { resultOf, type Tally } from './result.js';
