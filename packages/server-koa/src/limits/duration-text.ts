/** Milliseconds as OpenAI's headers write them: "0s", "20ms", "8.64s", "6m0s", "1h2m3s". It is never less. */
export function durationText(milliseconds: number): string {
  const whole = Math.ceil(milliseconds);
  if (whole === 0) return "0s";
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 60_000) return `${whole / 1_000}s`;
  const seconds = Math.ceil(whole / 1_000);
  const minutes = Math.floor(seconds / 60);
  const rest = `${minutes % 60}m${seconds % 60}s`;
  return minutes < 60 ? rest : `${Math.floor(minutes / 60)}h${rest}`;
}
