const { imul } = Math;

/** The finalizer of MurmurHash3: a bijection of uint32 in which every bit of the input moves half of the output's. */
export function mix(value: number): number {
  let h = value >>> 0;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
