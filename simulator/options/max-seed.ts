/** Of every seed that is given or drawn. */
export const MAX_SEED = 0xffff_ffff;
