import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { superviseFake } from '../../supervision/testing/supervised-world.ts';
import { refusalView } from './refusal-view.ts';
import { statusView } from './status-view.ts';
import { tailView } from './tail-view.ts';

/** Whatever is between the tags, these stay as many as they are with harmless words. */
const markup = (text: string) => text.replace(/[^<>"']/g, '');

const wild = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=y>',
    "' onclick='x",
    '&lt;b&gt;',
    '</pre>',
    '%22%3E',
  ),
);

const { supervisor, logs } = superviseFake();
supervisor.addGroup(groupSpec('x', { processes: [processSpec('x', { autostart: false })] }), 'local');
const [status] = supervisor.snapshot();
if (status === undefined) throw new Error('there is no process');

it('no name, description, message or identifier becomes markup', () => {
  const page = (name: string, group: string, description: string, message: string, identifier: string) =>
    statusView({
      processes: [{ ...status, process: { group, name }, description, stdoutLogfile: '/x', stderrLogfile: '/y' }],
      ...{ message, identifier, state: 'running', version: '1', token: 't' },
    }).text;
  const expected = markup(page('n', 'g', 'd', 'm', 'i'));
  fc.assert(
    fc.property(wild, wild, wild, wild, wild, (...texts) => {
      expect(markup(page(...texts))).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

it('no name that is asked for becomes markup', () => {
  const tail = (namespec: string, limit: string) =>
    tailView({ supervisor, logs }, { namespec, limit, identifier: 'i', version: '1' }).text;
  const refusal = (namespec: string, proof: 'foreign' | 'unproven') =>
    refusalView({
      action: { kind: 'stop', process: { group: 'g', name: 'n' }, namespec },
      ...{ proof, token: 't', identifier: 'i', version: '1' },
    }).text;
  fc.assert(
    fc.property(wild, wild, fc.constantFrom('foreign', 'unproven'), (namespec, limit, proof) => {
      expect(markup(tail(namespec, limit))).toBe(markup(tail('n', 'l')));
      expect(markup(refusal(namespec, proof))).toBe(markup(refusal('n', proof)));
    }),
    { numRuns: 300 },
  );
});
