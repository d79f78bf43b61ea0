// node validate.mjs [--part] SCHEMA LOG…: every message of the server against the official types; logs hold {"in"} and
// {"out"} lines. With --part the logs need not hold every kind of message.
import fs from 'node:fs';
import Ajv from 'ajv';

const part = process.argv[2] === '--part';
const [schemaFile, ...logs] = process.argv.slice(part ? 3 : 2);
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(JSON.parse(fs.readFileSync(schemaFile, 'utf8')), 's');
const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('$', '%24');
const known = JSON.parse(fs.readFileSync(schemaFile, 'utf8')).definitions.Messages.properties;
const seen = new Map();
let good = 0;
let bad = 0;
for (const log of logs) {
  const asked = new Map();
  for (const line of fs.readFileSync(log, 'utf8').trim().split('\n')) {
    const { in: incoming, out } = JSON.parse(line);
    if (incoming?.method && incoming.id !== undefined) asked.set(incoming.id, incoming.method);
    if (!out || out.error) continue;
    const key = out.method ?? `result:${asked.get(out.id)}`;
    const body = out.method ? (out.params ?? null) : out.result;
    const check = known[key] && ajv.getSchema(`s#/definitions/Messages/properties/${escaped(key)}`);
    if (check && out.jsonrpc === '2.0' && check(body)) {
      good++;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    } else {
      bad++;
      console.log(`${log}: ${key}: ${check ? ajv.errorsText(check.errors) : 'no type is listed'}\n  ${JSON.stringify(body).slice(0, 400)}`);
    }
  }
}
for (const key of Object.keys(known).filter((key) => !part && !seen.has(key) && !['window/logMessage'].includes(key))) {
  bad++;
  console.log(`${key} was never seen: the tests no longer reach it`);
}
for (const [key, count] of seen) console.log(`${count}\t${key}`);
console.log(`${good} passed, ${bad} failed`);
process.exitCode = bad ? 1 : 0;
