import { describe, expect, it } from 'vitest';
import { contextPath } from './context-path.ts';
import { ContextStore, parseContexts, withCurrent } from './context-store.ts';
import { type ControllerChoice, resolveController } from './resolve-controller.ts';

const text = `; mine
current=test

[context test]
controller=test.example:7400
[context prod]
controller=prod.example
`;

function storeOf(content: string | undefined, isRequired = false): ContextStore {
  let now = content;
  const file = {
    path: '/contexts.ini',
    read: async () => now,
    write: async (fresh: string) => {
      now = fresh;
    },
  };
  return new ContextStore(file, isRequired);
}

const nothing: ControllerChoice = {
  flagController: undefined,
  flagContext: undefined,
  envController: undefined,
  envContext: undefined,
};

describe('which controller', () => {
  it.each<[string, Partial<ControllerChoice>, string]>([
    ['a flag goes first', { flagController: 'a:1', envController: 'b:2', envContext: 'prod' }, 'a:1'],
    ['then the flag of a context', { flagContext: 'prod', envController: 'b:2' }, 'prod.example:7400'],
    ['then the environment', { envController: 'b', envContext: 'prod' }, 'b:7400'],
    ['then its context', { envContext: 'prod' }, 'prod.example:7400'],
    ['then the current context', {}, 'test.example:7400'],
  ])('%s', async (_what, choice, address) => {
    expect(await resolveController({ ...nothing, ...choice }, storeOf(text))).toMatchObject({ address });
  });

  it('is the one on this machine where nothing is said', async () => {
    expect(await resolveController(nothing, storeOf(undefined))).toEqual({
      address: '127.0.0.1:7400',
      context: undefined,
    });
  });

  it('never reads a file that does not decide', async () => {
    const address = await resolveController({ ...nothing, envController: 'b:2' }, storeOf('[nonsense]'));
    expect(address).toMatchObject({ address: 'b:2' });
  });

  it.each<[string, Partial<ControllerChoice>, string | undefined, RegExp]>([
    ['two flags', { flagController: 'a:1', flagContext: 'prod' }, text, /not both/],
    [
      'an unknown context',
      { flagContext: 'stage' },
      text,
      /no context 'stage' in \/contexts.ini: there are prod, test/,
    ],
    ['no contexts at all', { flagContext: 'stage' }, undefined, /there is none in it/],
    ['a bad address in the environment', { envController: 'http://x' }, text, /FLEET_CONTROLLER/],
    ['a bad address in the file', {}, 'current=a\n[context a]\ncontroller=x:y', /\[context a\] controller: 'x:y'/],
    ['bytes that are no text', {}, Buffer.from('7f454c460201', 'hex').toString(), /\/contexts.ini: line 1 is neither/],
    ['a line that says nothing', {}, '# mine\n\nhello\n', /line 3 is neither \[context NAME\] nor KEY=VALUE; mend/],
    ['a value that is no text', {}, 'current=\u0000\n', /line 1 is neither/],
    [
      'a setting it does not know',
      {},
      'curent=a\n[context a]\ncontroller=x:1',
      /'curent' stands before .* --controller/,
    ],
    ['a context without a controller', {}, 'current=a\n[context a]\n', /has no controller=HOST:PORT/],
    ['a section of another kind', {}, '[server]\n', /section \[server\]/],
  ])('refuses %s', async (_what, choice, content, message) => {
    await expect(resolveController({ ...nothing, ...choice }, storeOf(content))).rejects.toThrow(message);
  });
});

describe('the contexts file', () => {
  it('keeps comments and order when another context becomes current', async () => {
    expect(withCurrent(text, 'prod')).toBe(text.replace('current=test', 'current=prod'));
    expect(withCurrent('[context a]\ncontroller=x\n', 'a')).toBe('current=a\n[context a]\ncontroller=x\n');
    expect(parseContexts(withCurrent(text, 'prod'), 'f').current).toBe('prod');
  });

  it('may have comments, blanks and ends of lines of another system', () => {
    const loose = '\n ; one\r\n# two\r\ncurrent = a\r\n[context a]\r\n  controller = a.example:1 ; why\r\n';
    expect(parseContexts(loose, 'f')).toEqual({ current: 'a', controllers: new Map([['a', 'a.example:1']]) });
  });

  it('never makes a context current that is not there', async () => {
    const store = storeOf(text);
    await expect(store.use('stage')).rejects.toThrow(/no context 'stage'/);
    await store.use('prod');
    expect((await store.load()).current).toBe('prod');
  });

  it('has to be there when somebody said so', async () => {
    await expect(storeOf(undefined, true).load()).rejects.toThrow(/FLEETCTL_CONFIG names \/contexts.ini/);
  });

  it('is where the user keeps settings, or where it is said to be', () => {
    expect(contextPath({}, '/home/joe')).toEqual({ path: '/home/joe/.config/fleetctl/contexts.ini', isNamed: false });
    expect(contextPath({ XDG_CONFIG_HOME: '/x' }, '/home/joe').path).toBe('/x/fleetctl/contexts.ini');
    expect(contextPath({ XDG_CONFIG_HOME: 'x' }, '/home/joe').path).toBe('/home/joe/.config/fleetctl/contexts.ini');
    const named = contextPath({ FLEETCTL_CONFIG: '/my.ini', XDG_CONFIG_HOME: '/x' }, '/home/joe');
    expect(named).toEqual({ path: '/my.ini', isNamed: true });
  });
});
