/** The rows that a step is tried on: a stream of a saved connector. Both are in the address. */
export interface Sample {
  connector?: string | undefined;
  stream?: string | undefined;
}
