// The most elements that one value of a kernel graph may have. It stands alone, since engines need it and must not load
// the rest of what checks graphs.

/** 2²⁸, which is 1 GiB of float32. */
export const MAX_ELEMENTS = 2 ** 28;
