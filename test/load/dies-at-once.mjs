console.error("no library");
process.exit(7);
