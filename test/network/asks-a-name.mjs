// The same by a name, which is looked up first.
await fetch("http://example.com/").catch(() => {});
