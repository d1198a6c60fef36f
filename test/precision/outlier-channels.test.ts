import { expect, test } from "vitest";
import { int8Cosines } from "./int8-cosines.ts";
import { smallNetworks } from "./small-networks.ts";
import type { SmallNetwork } from "./small-networks.ts";
import type { Scaling } from "./scaled-weights.ts";

/** A few channels, the same in all layers, are 20 to 100 times as large as the others (LLM.int8(), arXiv:2208.07339; SmoothQuant, arXiv:2211.10438). */
const outliers: Readonly<Record<number, number>> = { 7: 20, 70: 40, 133: 70, 201: 100 };
const large = (channel: number): number => outliers[channel] ?? 1;
const small = (channel: number): number => 1 / large(channel);

const fromNorms: Record<string, (network: SmallNetwork) => readonly Scaling[]> = {
  "that matrices take as they are": ({ norms }) => [{ weights: norms, by: large }],
  "for which matrices make up": ({ norms, matrices }) => [
    { weights: norms, by: large },
    { weights: matrices, by: small },
  ],
};

function cosines(network: SmallNetwork, scalings: readonly Scaling[]) {
  return int8Cosines(network.build, [...network.scalings, ...scalings]);
}

test.each(
  Object.entries(smallNetworks).flatMap(([name, network]) =>
    Object.entries(fromNorms).map(([what, scalings]) => [name, what, network, scalings] as const),
  ),
)(
  "%s with outliers of its norms %s: smoothing leaves less than half of int8's deviation",
  async (_name, _what, network, scalings) => {
    const { smoothed, plain } = await cosines(network, scalings(network));
    expect(smoothed).toBeGreaterThan(0.998);
    expect(1 - smoothed).toBeLessThan((1 - plain) / 2);
  },
);

test.each(Object.entries(smallNetworks))(
  "%s with outliers before its norms, which undo them, is not harmed by smoothing, which sees small channels there",
  async (_, network) => {
    const { norms, embeddings } = network;
    const { smoothed } = await cosines(network, [
      { weights: embeddings, by: large },
      { weights: norms, by: small },
    ]);
    expect(smoothed).toBeGreaterThan(0.9995);
  },
);
