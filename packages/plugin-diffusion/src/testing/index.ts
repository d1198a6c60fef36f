export { schedulerChecks } from "./scheduler-checks.ts";
