/**
 * An event listener: `listener.mjs RECORD WORD...` appends each event to the file RECORD as a line of JSON, and answers
 * the n-th event in there (of all runs together) with the n-th WORD, with `ok` where there is none:
 *
 *     ok, fail   the result OK or FAIL
 *     hold       OK, once SIGUSR2 has come
 *     die        ends without an answer
 *     garble     a result line that is none
 *     chatter    OK, and some words nobody asked for behind the next READY
 */
import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';

const [record, ...words] = process.argv.slice(2);
const ok = 'RESULT 2\nOK';
const answers = {
  ok: () => say(`${ok}READY\n`),
  fail: () => say('RESULT 4\nFAILREADY\n'),
  hold: () => process.once('SIGUSR2', () => say(`${ok}READY\n`)),
  die: () => process.exit(3),
  garble: () => say('RESULT two\nOK'),
  chatter: () => say(`${ok}READY\nhello?\n`),
};
let count = existsSync(record) ? readFileSync(record, 'utf8').split('\n').length - 1 : 0;
let pending = '';

function say(text) {
  writeSync(1, text);
}

/** The length of a header counts characters, as Supervisor's own listeners read it. */
function takeEvent() {
  const end = pending.indexOf('\n');
  if (end === -1) return false;
  const header = pending.slice(0, end);
  const rest = [...pending.slice(end + 1)];
  const length = Number(/ len:(\d+)$/.exec(header)[1]);
  if (rest.length < length) return false;
  pending = rest.slice(length).join('');
  appendFileSync(record, `${JSON.stringify({ header, payload: rest.slice(0, length).join('') })}\n`);
  answers[words[count++] ?? 'ok']();
  return true;
}

process.stdin.setEncoding('utf8').on('data', (text) => {
  pending += text;
  while (takeEvent());
});
say('READY\n');
