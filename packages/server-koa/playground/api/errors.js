// @ts-check

/** The server's error, with the field it is about. */
export class ApiError extends Error {
  /** @param {{ message: string, param?: string | null, code?: string | null, status?: number }} error */
  constructor({ message, param, code, status }) {
    super(message);
    this.name = "ApiError";
    /** The request's field at fault, if any. */
    this.param = param ?? undefined;
    this.code = code ?? undefined;
    /** HTTP's status of the reply, if one came. */
    this.status = status;
  }
}

/** No server answered, or it went away in the middle of its reply. */
export class ServerGone extends ApiError {
  constructor() {
    super({ message: "The server went away before it answered. Ask again when it is back." });
    this.name = "ServerGone";
  }
}
