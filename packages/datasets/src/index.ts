// Example data: what tutorials, simulations and benchmarks run on. Heavy, and so a package of its own.
export * from './formats/idx.js';
export * from './generated/linear-teacher.js';
export * from './images/mnist.js';
export * from './sensors/sensor-readings.js';
