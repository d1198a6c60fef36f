import { dataFolder } from "@kindred/core";
import { parseArguments } from "./arguments.ts";
import { examine } from "./doctor/examine.ts";
import { gather } from "./doctor/gather.ts";
import { reportText } from "./doctor/report.ts";
import { hubFlag, parseHub } from "./hub-flag.ts";
import { print } from "./print.ts";
import { parsePort } from "./port.ts";
import { parseSize } from "./size.ts";

/** Says whether a server can run on this machine, and what to do where it cannot. Resolves to its exit status: 1 when there is a problem. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { values } = parseArguments({
    args: [...args],
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "9997" },
      memory: { type: "string" },
      data: { type: "string", default: dataFolder() },
      ...hubFlag,
      json: { type: "boolean", default: false },
    },
  });
  const { host, data, memory, json } = values;
  const facts = await gather({
    host,
    port: parsePort(values.port),
    hub: parseHub(values.source),
    data,
    memory: memory === undefined ? undefined : parseSize("--memory", memory),
  });
  const findings = examine(facts);
  print(json ? JSON.stringify(findings, null, 2) : reportText(findings));
  return findings.some(({ state }) => state === "problem") ? 1 : 0;
}
