/** Numbers of the fields of onnx.proto that are read or written one by one. */
export const modelFields = { graph: 7 };
export const graphFields = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };
export const nodeFields = { input: 1, output: 2, attribute: 5 };
export const attributeFields = { tensor: 5, graph: 6, tensors: 10, graphs: 11 };
export const tensorFields = { dataType: 2, name: 8, rawData: 9, externalData: 13, location: 14 };
export const entryFields = { key: 1, value: 2 };
