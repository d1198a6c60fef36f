// Sends 5,000 requests on each of a hundred connections before it reads a reply.
import { connect } from "node:net";

const { port, hostname } = new URL(process.argv[2]);
const requests = "GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(5_000);

function begin() {
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(requests);
  socket.resume();
}

for (let i = 0; i < 100; i++) begin();
process.stdout.write("begun\n");
setInterval(() => {}, 1_000);
