const { sqrt } = Math;

/** A step down to less noise than the schedule's next sigma, and fresh noise that makes up for it. */
export interface AncestralStep {
  readonly down: number;
  readonly up: number;
}

/** Song et al. 2021, "Score-Based Generative Modeling through SDEs", appendix F: ancestral sampling between two sigmas. */
export function ancestralStep(from: number, to: number): AncestralStep {
  const up = to * sqrt(1 - (to / from) ** 2);
  return { up, down: to ** 2 / from };
}
