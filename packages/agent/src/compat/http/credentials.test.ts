import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Credentials, doorkeeperFor } from './credentials.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const isLetIn = (credentials: Credentials, authorization: string | undefined) =>
  doorkeeperFor(credentials)?.(authorization);

describe('a server without a user name', () => {
  it.each([{}, { username: '', password: '' }, { username: '', password: 'x' }, { username: undefined }])(
    'has nobody at the door: %j',
    (credentials) => {
      expect(doorkeeperFor(credentials)).toBeUndefined();
    },
  );
});

describe('a plain password', () => {
  const joe = { username: 'joe', password: 'a:b é' };

  it.each([
    ['right', basic('joe:a:b é'), true],
    ['scheme in other case', basic('joe:a:b é').replace('Basic', 'bAsIc'), true],
    ['wrong password', basic('joe:a:b'), false],
    ['longer password', basic('joe:a:b éé'), false],
    ['empty password', basic('joe:'), false],
    ['wrong user', basic('jim:a:b é'), false],
    ['no user', basic(':a:b é'), false],
    ['no colon', basic('joe'), false],
    ['no base64', 'Basic !!!', false],
    ['nothing after the scheme', 'Basic', false],
    ['blanks after the scheme', 'Basic   ', false],
    ['another scheme', 'Digest username="joe"', false],
    ['no scheme', Buffer.from('joe:a:b é').toString('base64'), false],
    ['empty', '', false],
    ['none', undefined, false],
  ])('%s', (_, authorization, expected) => {
    expect(isLetIn(joe, authorization)).toBe(expected);
  });

  it('may be empty', () => {
    expect(isLetIn({ username: 'joe', password: '' }, basic('joe:'))).toBe(true);
    expect(isLetIn({ username: 'joe', password: '' }, basic('joe:x'))).toBe(false);
  });
});

describe('a hashed password', () => {
  const hash = sha1('thepass');
  const joe = { username: 'joe', password: `{SHA}${hash}` };

  it.each([
    ['the password', basic('joe:thepass'), true],
    ['another', basic('joe:other'), false],
    ['the hash itself', basic(`joe:${hash}`), false],
    ['the text as stored', basic(`joe:{SHA}${hash}`), false],
    ['another user', basic('jim:thepass'), false],
  ])('%s', (_, authorization, expected) => {
    expect(isLetIn(joe, authorization)).toBe(expected);
  });

  it('is stored in lower case, as Supervisor has it', () => {
    expect(isLetIn({ username: 'joe', password: `{SHA}${hash.toUpperCase()}` }, basic('joe:thepass'))).toBe(false);
  });
});
