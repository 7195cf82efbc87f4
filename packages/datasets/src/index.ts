// Example data: what tutorials, simulations and benchmarks run on. Heavy, and so a package of its own.
export * from './idx.js';
export * from './linear-teacher.js';
export * from './mnist.js';
export * from './sensor-readings.js';
