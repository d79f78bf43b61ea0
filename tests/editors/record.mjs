// node record.mjs LOG COMMAND…: a language server with every message written to a log, as validate.mjs reads it.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [log, command, ...options] = process.argv.slice(2);
const server = spawn(command, options, { stdio: ['pipe', 'pipe', 'inherit'] });

function follow(from, to, side) {
  let rest = Buffer.alloc(0);
  from.on('data', (piece) => {
    to.write(piece);
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(rest.subarray(0, head).toString())?.[1]);
      const body = rest.subarray(head + 4, head + 4 + length);
      if (body.length < length) return;
      appendFileSync(log, `${JSON.stringify({ [side]: JSON.parse(body.toString()) })}\n`);
      rest = rest.subarray(head + 4 + length);
    }
  });
  from.on('end', () => to.end());
}

follow(process.stdin, server.stdin, 'in');
follow(server.stdout, process.stdout, 'out');
server.stdin.on('error', () => {});
process.stdout.on('error', () => {});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
