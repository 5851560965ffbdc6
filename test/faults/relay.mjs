// Passes TCP connections on: FROM TO [FROM TO...], each HOST:PORT. The way into a network namespace.
import { connect, createServer } from 'node:net';

const addresses = process.argv.slice(2).map((text) => {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
});
for (let i = 0; i < addresses.length; i += 2) {
  const [from, to] = [addresses[i], addresses[i + 1]];
  createServer((inner) => {
    const outer = connect(to.port, to.host);
    inner.pipe(outer).pipe(inner);
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ])
      one.on('error', () => other.destroy());
  }).listen(from.port, from.host);
}
