// This workspace holds only tests; it exports nothing.
export {};
