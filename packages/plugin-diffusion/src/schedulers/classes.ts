import { ddim } from "./ddim.ts";
import { ddpm } from "./ddpm.ts";
import { dpmSolverMultistep } from "./dpm-solver-multistep.ts";
import { dpmSolverSinglestep } from "./dpm-solver-singlestep.ts";
import { euler } from "./euler.ts";
import { eulerAncestral } from "./euler-ancestral.ts";
import { flowMatchEuler } from "./flow-match-euler.ts";
import { heun } from "./heun.ts";
import { kdpm2, kdpm2Ancestral } from "./kdpm2.ts";
import { lcm } from "./lcm.ts";
import { lms } from "./lms.ts";
import { pndm } from "./pndm.ts";
import type { SolverClass } from "./solver.ts";
import { unipc } from "./unipc.ts";

/** The class of models that were trained to flow. */
export const flowClass = "FlowMatchEulerDiscreteScheduler";

/** Solvers by diffusers' class names, as `scheduler_config.json` has them. */
export const classes: ReadonlyMap<string, SolverClass> = new Map([
  ["DDIMScheduler", ddim],
  ["DDPMScheduler", ddpm],
  ["PNDMScheduler", pndm],
  ["LCMScheduler", lcm],
  ["UniPCMultistepScheduler", unipc],
  ["EulerDiscreteScheduler", euler],
  ["EulerAncestralDiscreteScheduler", eulerAncestral],
  ["HeunDiscreteScheduler", heun],
  ["LMSDiscreteScheduler", lms],
  ["KDPM2DiscreteScheduler", kdpm2],
  ["KDPM2AncestralDiscreteScheduler", kdpm2Ancestral],
  ["DPMSolverMultistepScheduler", dpmSolverMultistep],
  ["DPMSolverSinglestepScheduler", dpmSolverSinglestep],
  [flowClass, flowMatchEuler],
]);
