/**
 * Names of spans' attributes: those of OpenTelemetry's semantic conventions for HTTP 1.23 and for generative AI 1.37, which still move, and our own for what they have
 * no word for.
 */
export const attributes = {
  method: "http.request.method",
  route: "http.route",
  path: "url.path",
  status: "http.response.status_code",
  requestId: "kindred.request.id",
  caller: "kindred.caller",
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  inputTokens: "gen_ai.usage.input_tokens",
  errorType: "error.type",
  task: "kindred.task",
  pictures: "kindred.pictures",
  steps: "kindred.steps",
  model: "kindred.model",
  graph: "kindred.graph",
  rows: "kindred.batch.rows",
  tokens: "kindred.batch.tokens",
  paddedTokens: "kindred.batch.padded_tokens",
  repository: "kindred.hub.repository",
  file: "kindred.hub.file",
  bytes: "kindred.hub.bytes",
} as const;

/** The conventions' names of tasks as operations. They have none for images yet. */
export const operations: ReadonlyMap<string, string> = new Map([["embedding", "embeddings"]]);
