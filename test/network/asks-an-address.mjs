// A server that asks elsewhere and does not care for the answer.
await fetch("http://192.0.2.1/").catch(() => {});
