import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** Files that take long for their size. */
const long = /test\/(documents\/documents|images-http\/hang-ups)\.test\.ts$/;

/**
 * Begins with the longest files. A clean clone has no times of an earlier run, and vitest goes by the size of files then. The pages' test,
 * one of the smallest files, would come last, and a worker would wait for it.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
