// Linking: a compiled plan and the graphs of its local computations become one linked plan. It lowers, and so loads
// compute.
export * from './link/link-plan.js';
