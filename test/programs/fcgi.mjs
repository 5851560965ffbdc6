/** Accepts on its descriptor 0, as FastCGI programs do, and answers each connection with its pid. */
import { createServer } from 'node:net';

const server = createServer((connection) => connection.end(`${process.pid}\n`));
server.listen({ fd: 0 }, () => process.stdout.write('accepting\n'));
