import { lcm as lcmFacts } from "../src/families/lcm.ts";
import { sd15 as sd15Facts } from "../src/families/sd15.ts";
import { sdTurbo as sdTurboFacts } from "../src/families/sd-turbo.ts";
import { sdxl as sdxlFacts } from "../src/families/sdxl.ts";
import { asModelFamily } from "../src/family.ts";

type Family = ReturnType<typeof asModelFamily>;

/** The families of the plugin, as a kernel has them. */
export const sd15: Family = asModelFamily(sd15Facts);
export const sdTurbo: Family = asModelFamily(sdTurboFacts);
export const lcm: Family = asModelFamily(lcmFacts);
export const sdxl: Family = asModelFamily(sdxlFacts);
