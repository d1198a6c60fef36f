import type { Route } from "../routes/route.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What the OpenAPI document says of a route, beside its method and path. */
export interface Operation {
  /** Names it in clients that are generated: "listModels". One of several that are the same gets a number. */
  readonly id: string;
  /** The heading that it is listed under. */
  readonly tag: string;
  /** One sentence. */
  readonly summary: string;
  readonly description?: string;
  /** Sentences about the parameters of its path, by their names. */
  readonly path?: Readonly<Record<string, string>>;
  /** Its parameters behind the question mark. Default: none. */
  readonly query?: readonly QueryParameter[];
  /** Default: it takes none. */
  readonly body?: RequestBody;
  /** The schemas of its reply, by media types. A schema that is empty is any value. */
  readonly reply: Readonly<Record<string, JsonSchema>>;
  /** Statuses of errors beside those of every route. Default: none. */
  readonly errors?: readonly number[];
  /** Replies with further statuses, by these, with the schemas of `reply`: sentences that say when. Default: 200 alone. */
  readonly replies?: Readonly<Record<number, string>>;
}

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
  /** Default false. */
  readonly required?: boolean;
}

export interface RequestBody {
  readonly required: boolean;
  /** Schemas by media types. */
  readonly content: Readonly<Record<string, JsonSchema>>;
}

/** A route as the document describes it. */
export type DescribedRoute = Pick<Route, "method" | "path" | "operation" | "isAdmin" | "isOpen"> & {
  /** Whether its path does not lie below the routes' prefix. Default false. */
  readonly isAtRoot?: boolean;
};
